import { invalidField } from './errors.ts';
import { normaliseText } from './names.ts';

const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}\\p{M}-]{0,61}[\\p{L}\\p{N}\\p{M}])?';
const mailbox = new RegExp(
  `^[\\p{L}\\p{N}\\p{M}!#$%&'*+/=?^_\`{|}~-]+(?:\\.[\\p{L}\\p{N}\\p{M}!#$%&'*+/=?^_\`{|}~-]+)*@${label}(?:\\.${label})*$`,
  'u',
);

/** A mail address without display name, comment or quotes (as HTML's email input, and any script): kept as typed. */
export function normaliseEmail(value: unknown): string {
  const address = normaliseText('email.address', value, 254);
  const at = address.lastIndexOf('@');
  if (!mailbox.test(address) || at > 64) {
    throw invalidField('email.address', 'email.address must be a mail address, such as mini@mouse.com.');
  }
  return address;
}
