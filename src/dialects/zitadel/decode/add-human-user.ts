import type { AddHumanUserRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import { DirectoryError } from '#core/errors.ts';
import type { UserPatch } from '#core/patch.ts';
import { decodeEmail, decodePhone } from './contact.ts';
import { type Decoded, type Fault, refusedBy } from './faults.ts';
import { decodeNewMetadata } from './metadata.ts';
import { decodeNewPassword } from './password.ts';
import { decodeProfile } from './profile.ts';

/** What a creation asks for, but for the realm. */
export function decodeCreation(request: AddHumanUserRequest): Decoded<Omit<CreateUserInput, 'realm'>> {
  const faults: Fault[] = unbuiltParts(request);
  const email = request.email && decodeEmail(request.email, 'noCode', faults);
  const phone = request.phone && decodePhone(request.phone, 'noCode', faults);
  const { totpSecret } = request;
  const password = decodeNewPassword(request.passwordType, '', faults);
  const input = {
    kind: 'human' as const,
    patch: decodeNames(request, faults),
    ...(request.metadata.length > 0 && { metadata: decodeNewMetadata(request.metadata, faults) }),
    ...(request.userId === undefined ? {} : { ids: { zitadel: request.userId } }),
    ...(email && { email }),
    ...(phone && { phone }),
    ...(password && { password }),
    ...(totpSecret === undefined ? {} : { totp: { secret: totpSecret } }),
  };
  return { input, faults };
}

/** The username is the address unless given, the display name both names; names lose the blanks around them. */
function decodeNames({ username, email, profile }: AddHumanUserRequest, faults: Fault[]): UserPatch {
  const patch = profile === undefined ? {} : decodeProfile(profile, faults);
  const name = (username || (email?.email ?? '')).trim();
  const given = profile?.givenName.trim() ?? '';
  const family = profile?.familyName.trim() ?? '';
  if (name === '') faults.push(refusedBy('V2-zzad3', 'username'));
  if (given === '') faults.push(refusedBy('USER-UCej2', 'profile.givenName'));
  if (family === '') faults.push(refusedBy('USER-4hB7d', 'profile.familyName'));
  const names = { username: name, 'profile.givenName': given, 'profile.familyName': family };
  // The names come first, also in refusals: what is made of them must not be blamed for them.
  return withoutNulls({ ...names, 'profile.displayName': displayed(given, family), ...withoutNulls(patch), ...names });
}

/** Both names, as far as a display name goes: two long ones are no reason to refuse a user. */
function displayed(given: string, family: string): string {
  return [...`${given} ${family}`].slice(0, 200).join('').trimEnd();
}

function withoutNulls(patch: UserPatch): UserPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null)) as UserPatch;
}

function unbuiltParts({ idpLinks }: AddHumanUserRequest): Fault[] {
  const sent = { idpLinks: idpLinks.length > 0 };
  return Object.entries(sent)
    .filter(([, isSent]) => isSent)
    .map(([path]) => ({ path, error: notBuilt(`${path} is not implemented here: leave it out`, path) }));
}

function notBuilt(text: string, field: string): DirectoryError {
  return new DirectoryError('unimplemented', text, { reason: 'not_built', field });
}
