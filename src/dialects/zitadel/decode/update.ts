import type { UpdateHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { UserInput } from '#core/commands/user-input.ts';
import type { UpdateUserRequest } from '#dialects/zitadel/descriptors.ts';
import type { Violation } from '#dialects/zitadel/pgv.ts';
import { decodeEmail, decodePhone } from './contact.ts';
import { type Decoded, type Fault, faultOf, refusedBy } from './faults.ts';
import { decodeMachine } from './machine.ts';
import { decodeMetadataUpdate } from './metadata.ts';
import { decodePassword } from './password.ts';
import { decodeProfile, type SentProfile } from './profile.ts';

/** What both updates may say of a human. */
export type SentHuman = Pick<UpdateHumanUserRequest, 'username' | 'email' | 'phone' | 'password'> & {
  readonly profile?: SentProfile;
};

/**
 * What UpdateHumanUser asks for. The faults come in the vendor's order: the rules of the body (`violations`), link
 * templates, then address, number and password.
 */
export function decodeHumanUpdate(
  { username, profile, email, phone, password }: SentHuman,
  violations: readonly Violation[],
): Decoded<UserInput> {
  const faults: Fault[] = violations.map(faultOf);
  const emailInput = email && decodeEmail(email, 'sendCode', faults);
  const phoneInput = phone && decodePhone(phone, 'sendCode', faults);
  const passwordInput = password && decodePassword(password, faults);
  const input = {
    patch: { ...(username === undefined ? {} : { username }), ...(profile && decodeProfile(profile, faults)) },
    ...(emailInput && { email: emailInput }),
    ...(phoneInput && { phone: phoneInput }),
    ...(passwordInput && { password: passwordInput }),
  };
  return { input, faults };
}

/** What UpdateUser asks for, and what it says of a human; the paths of its faults are those of UpdateHumanUser. */
export function decodeUserUpdate(
  { userType, username, metadata }: UpdateUserRequest,
  violations: readonly Violation[],
): Decoded<UserInput> & { readonly sent: SentHuman } {
  const name = username === undefined ? {} : { username };
  const more = metadata.length === 0 ? {} : { metadata: decodeMetadataUpdate(metadata) };
  if (userType.case !== 'human') {
    const patch = { ...name, ...decodeMachine(userType.value ?? {}) };
    return { input: { patch, ...more }, faults: violations.map(faultOf), sent: name };
  }
  const sent = { ...name, ...userType.value };
  const { input, faults } = decodeHumanUpdate(
    sent,
    violations.map(({ path, text }) => ({ path: path.replace(/^human\./, ''), text })),
  );
  if (sent.phone?.phone !== '') return { input: { ...input, ...more }, faults, sent };
  // Here an empty number removes the present one.
  const verifies = sent.phone.verification.case === undefined ? [] : [refusedBy('USERv2-4f3d6', 'phone.verification')];
  return { input: { ...input, phone: null, ...more }, faults: [...faults, ...verifies], sent };
}
