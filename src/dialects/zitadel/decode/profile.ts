import { type SetHumanProfile, Gender as VendorGender } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import { invalidField } from '#core/errors.ts';
import type { Gender } from '#core/fields.ts';
import { normaliseLanguage } from '#core/locale.ts';
import type { UserPatch } from '#core/patch.ts';
import type { Fault } from './faults.ts';

const genders = new Map<VendorGender, Gender>([
  [VendorGender.DIVERSE, 'diverse'],
  [VendorGender.FEMALE, 'female'],
  [VendorGender.MALE, 'male'],
]);

/** A profile as UpdateHumanUser has it, in which both names are always there, or as UpdateUser has it. */
export type SentProfile = { readonly [Name in Exclude<keyof SetHumanProfile, `$${string}`>]?: SetHumanProfile[Name] };

/** What a profile changes. Empty names are ignored; every other member that is sent is set, or cleared when empty. */
export function decodeProfile(profile: SentProfile, faults: Fault[]): UserPatch {
  const { givenName, familyName, nickName, displayName, preferredLanguage, gender } = profile;
  return {
    ...(givenName ? { 'profile.givenName': givenName } : {}),
    ...(familyName ? { 'profile.familyName': familyName } : {}),
    ...(nickName === undefined ? {} : { 'profile.nickName': nickName || null }),
    ...(displayName === undefined ? {} : { 'profile.displayName': displayName || null }),
    ...(preferredLanguage === undefined ? {} : { 'profile.language': decodeLanguage(preferredLanguage, faults) }),
    // A number without a name becomes unspecified, which is no gender.
    ...(gender === undefined ? {} : { 'profile.gender': genders.get(gender) ?? null }),
  };
}

/** Empty and `und` (undetermined) are no language. */
function decodeLanguage(tag: string, faults: Fault[]): string | null {
  if (tag === '' || tag === 'und') return null;
  try {
    return normaliseLanguage(tag);
  } catch {
    const path = 'profile.preferredLanguage';
    faults.push({ path, error: invalidField(path, `${path} must be a BCP 47 language tag, such as en or de-CH.`) });
    return tag;
  }
}
