import type {
  AddHumanUserRequest,
  CreateUserRequest_Human,
  CreateUserRequest_Machine,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { CreateUserInput } from '#core/commands/user-input.ts';
import type { UserPatch } from '#core/patch.ts';
import type { CreateUserRequest, MetadataEntry } from '#dialects/zitadel/descriptors.ts';
import { decodeEmail, decodePhone } from './contact.ts';
import { type Decoded, type Fault, refusedBy } from './faults.ts';
import { decodeMachine } from './machine.ts';
import { decodeNewMetadata } from './metadata.ts';
import { decodeNewPassword } from './password.ts';
import { decodeProfile } from './profile.ts';
import { unbuiltParts } from './unbuilt.ts';

type Creation = Decoded<Omit<CreateUserInput, 'realm'>>;

type NewHuman = Pick<AddHumanUserRequest, 'userId' | 'username'> &
  Pick<CreateUserRequest_Human, 'profile' | 'email' | 'phone' | 'passwordType' | 'idpLinks' | 'totpSecret'> & {
    readonly metadata: readonly MetadataEntry[];
  };

/** What a creation asks for, but for the realm. */
export function decodeNewUser({ userType, ...request }: CreateUserRequest): Creation {
  if (userType.case === 'machine') return decodeNewMachine(request, userType.value);
  // One of them is always there: so says a rule of the message.
  const human = userType.value as CreateUserRequest_Human;
  const { input, faults } = decodeNewHuman({
    ...request,
    ...human,
    metadata: [...request.metadata, ...human.metadata],
  });
  const isTwice = request.metadata.length > 0 && human.metadata.length > 0;
  return { input, faults: isTwice ? [refusedBy('USERv2-j0z7uy', 'metadata'), ...faults] : faults };
}

function decodeNewMachine(
  { userId, username, metadata }: Pick<CreateUserRequest, 'userId' | 'username' | 'metadata'>,
  machine: CreateUserRequest_Machine,
): Creation {
  const faults: Fault[] = [];
  const name = username?.trim();
  if (name === '') faults.push(refusedBy('V2-zzad3', 'username'));
  const patch = { ...(name === undefined ? {} : { username: name }), ...withoutNulls(decodeMachine(machine)) };
  const input = { kind: 'machine', namedByIdIn: 'zitadel', patch, ...idsOf(userId) } as const;
  return { input: { ...input, ...metadataOf(metadata, faults) }, faults };
}

/** The same of a human. */
export function decodeNewHuman(request: NewHuman): Creation {
  const faults = unbuiltParts(request);
  const email = request.email && decodeEmail(request.email, 'noCode', faults);
  const phone = request.phone && decodePhone(request.phone, 'noCode', faults);
  const password = decodeNewPassword(request.passwordType, '', faults);
  const input = {
    kind: 'human' as const,
    patch: decodeNames(request, faults),
    ...metadataOf(request.metadata, faults),
    ...idsOf(request.userId),
    ...(email && { email }),
    ...(phone && { phone }),
    ...(password && { password }),
    ...(request.totpSecret === undefined ? {} : { totp: { secret: request.totpSecret } }),
  };
  return { input, faults };
}

function metadataOf(entries: readonly MetadataEntry[], faults: Fault[]): Pick<CreateUserInput, 'metadata'> {
  return entries.length === 0 ? {} : { metadata: decodeNewMetadata(entries, faults) };
}

function idsOf(userId: string | undefined): Pick<CreateUserInput, 'ids'> {
  return userId === undefined ? {} : { ids: { zitadel: userId } };
}

/** The username is the address unless given, the display name both names; names lose the blanks around them. */
function decodeNames({ username, email, profile }: NewHuman, faults: Fault[]): UserPatch {
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
