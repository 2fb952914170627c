import type { MetadataJson } from '@zitadel/proto/zitadel/metadata/v2/metadata_pb.js';
import type { DetailsJson } from '@zitadel/proto/zitadel/object/v2/object_pb.js';
import type {
  HumanProfileJson,
  HumanUserJson,
  MachineUserJson,
  UserJson,
  UserStateJson,
} from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import type { AuthenticationMethodTypeJson } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { Gender } from '#core/fields.ts';
import type { Instant } from '#core/instant.ts';
import type { Metadata } from '#core/metadata.ts';
import { loginNameIn, stateOf, type User, type UserState } from '#core/user.ts';

const states: Readonly<Record<UserState, UserStateJson>> = {
  active: 'USER_STATE_ACTIVE',
  deleted: 'USER_STATE_DELETED',
  disabled: 'USER_STATE_INACTIVE',
  initial: 'USER_STATE_INITIAL',
  locked: 'USER_STATE_LOCKED',
};

const genders: Readonly<Record<Gender, NonNullable<HumanProfileJson['gender']>>> = {
  diverse: 'GENDER_DIVERSE',
  female: 'GENDER_FEMALE',
  male: 'GENDER_MALE',
};

/** The id by which the vendor's clients know a user. */
export function userIdOf({ ids }: Pick<User, 'ids'>): string {
  return ids.zitadel ?? '';
}

/** When and where a user was last changed. `sequence`, a 64-bit number, is text in proto3 JSON. */
export function encodeDetails(user: User, organization: string): DetailsJson {
  return {
    sequence: String(user.version),
    changeDate: timestamp(user.changedAt),
    resourceOwner: organization,
    creationDate: timestamp(user.createdAt),
  };
}

/** A user as GetUserByID shows it; members with a zero value are left out, as everywhere in proto3 JSON. */
export function encodeUser(user: User, organization: string): UserJson {
  const same = {
    userId: userIdOf(user),
    state: states[stateOf(user)],
    username: user.fields.username ?? '',
    loginNames: [...new Set([user.fields.username ?? '', loginNameIn('zitadel', user)])].filter((name) => name !== ''),
    preferredLoginName: loginNameIn('zitadel', user),
  };
  const kind = user.kind === 'human' ? { human: encodeHuman(user, same) } : { machine: encodeMachine(user) };
  return { ...withoutZeros<UserJson>(same), details: encodeDetails(user, organization), ...kind };
}

function encodeHuman({ fields }: User, same: HumanUserJson): HumanUserJson {
  const mfaInitSkippedAt = fields['extensions.zitadel.mfaInitSkippedAt'] as Instant | undefined;
  return {
    ...withoutZeros<HumanUserJson>(same),
    profile: encodeProfile(fields),
    email: withoutZeros({ email: fields['email.address'], isVerified: fields['email.verifiedAt'] !== undefined }),
    // A number that is no valid one cannot be shown as E.164; it is shown as it was typed.
    phone: withoutZeros({
      phone: fields['phone.number'] ?? fields['phone.entered'],
      isVerified: fields['phone.verifiedAt'] !== undefined,
    }),
    ...withoutZeros<HumanUserJson>({
      passwordChangeRequired: fields['password.changeRequired'],
      passwordChanged: fields['password.setAt'] && timestamp(fields['password.setAt']),
      mfaInitSkipped: mfaInitSkippedAt && timestamp(mfaInitSkippedAt),
    }),
  };
}

function encodeProfile(fields: User['fields']): HumanProfileJson {
  const gender = fields['profile.gender'];
  return withoutZeros<HumanProfileJson>({
    givenName: fields['profile.givenName'],
    familyName: fields['profile.familyName'],
    nickName: fields['profile.nickName'],
    displayName: fields['profile.displayName'],
    preferredLanguage: fields['profile.language'],
    gender: gender && genders[gender],
  });
}

function encodeMachine({ fields }: User): MachineUserJson {
  return withoutZeros<MachineUserJson>({
    name: machineNameOf(fields),
    hasSecret: fields['clientSecret.setAt'] !== undefined,
    description: fields['extensions.zitadel.description'] as string | undefined,
    accessTokenType: fields['extensions.zitadel.accessTokenType'] === 'jwt' ? 'ACCESS_TOKEN_TYPE_JWT' : undefined,
  });
}

/** The vendor's machines have one name; it is kept as the display name. */
export function machineNameOf(fields: User['fields']): string | undefined {
  return fields['profile.displayName'] ?? fields.username;
}

/** The ways in which a user can sign in, in the vendor's order. */
export function encodeAuthenticationMethods({ fields }: User): AuthenticationMethodTypeJson[] {
  return [
    ...(fields['password.setAt'] === undefined ? [] : (['AUTHENTICATION_METHOD_TYPE_PASSWORD'] as const)),
    ...(fields['totp.setAt'] === undefined ? [] : (['AUTHENTICATION_METHOD_TYPE_TOTP'] as const)),
  ];
}

export function encodeMetadata({ key, value, createdAt, changedAt }: Metadata): MetadataJson {
  return { creationDate: timestamp(createdAt), changeDate: timestamp(changedAt), key, value };
}

/** Proto3 JSON writes no fraction where it is zero. */
export function timestamp(instant: Instant): string {
  return instant.endsWith('.000Z') ? `${instant.slice(0, -5)}Z` : instant;
}

function withoutZeros<Message extends object>(
  members: {
    readonly [Name in keyof Message]: Message[Name] | undefined;
  },
): Message {
  const kept: Partial<Message> = {};
  for (const name in members) {
    const value: unknown = members[name];
    if (value !== undefined && value !== '' && value !== false) kept[name] = value as Message[typeof name];
  }
  return kept as Message;
}
