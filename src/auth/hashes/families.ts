import { argon2 } from './argon2.ts';
import { bcrypt } from './bcrypt.ts';
import { ldapSha, md5Plain, md5Salted } from './digests.ts';
import type { Family } from './family.ts';
import { md5Crypt } from './md5-crypt.ts';
import { pbkdf2 } from './pbkdf2.ts';
import { drupal7, phpass } from './phpass.ts';
import { cryptScrypt, scrypt } from './scrypt.ts';
import { shaCrypt } from './sha-crypt.ts';

/** Every family that passwords can be checked in. No text begins as two of them do. */
const families: readonly Family[] = [
  argon2,
  bcrypt,
  cryptScrypt,
  drupal7,
  ldapSha,
  md5Crypt,
  md5Plain,
  md5Salted,
  pbkdf2,
  phpass,
  scrypt,
  shaCrypt,
];

export function familyOf(text: string): Family | undefined {
  return families.find(({ prefix }) => prefix.test(text));
}
