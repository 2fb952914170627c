import { type Static, type TSchema, Type } from 'typebox';
import type { Json } from '#core/json.ts';
import { checkerOf, members, nullable } from './shape.ts';

const text = Type.Optional(Type.String());
const clearableText = nullable(Type.String());
const flag = Type.Optional(Type.Boolean());
const anything = Type.Optional(Type.Unsafe<Json>({}));
const object = Type.Record(Type.String(), Type.Unsafe<Json>({}));
const named = <Schema extends TSchema>(schema: Schema) => Type.Record(Type.String(), schema);

const Profile = members({
  givenName: clearableText,
  familyName: clearableText,
  nickName: clearableText,
  displayName: clearableText,
  gender: clearableText,
  language: clearableText,
  timeZone: clearableText,
});

/** `verified` is only written: what is shown is `verifiedAt`. */
const Email = members({ address: text, verified: flag, verifiedAt: anything });
const Phone = members({ number: text, entered: text, verified: flag, verifiedAt: anything });

/** Either a text or its hash; only ever written. */
const Password = members({
  plain: text,
  hash: text,
  changeRequired: flag,
  /** What a user that sets its own password shows: the current one, or a code. */
  current: text,
  code: text,
});

const Question = members({ question: Type.String(), order: text, answer: text, answerSetAt: anything });

/** A user as it is created and changed: what is shown, less strict where it is only compared, and the secrets. */
export const UserBody = members({
  id: anything,
  ids: Type.Optional(object),
  realm: anything,
  kind: Type.Optional(Type.Enum(['human', 'machine'])),
  version: anything,
  state: Type.Optional(Type.Enum(['initial', 'active', 'disabled', 'locked'])),
  username: text,
  loginNames: nullable(named(Type.Unsafe<string | null>({ type: ['string', 'null'] }))),
  profile: nullable(Profile),
  email: nullable(Email),
  phone: nullable(Phone),
  acceptsTextMessages: nullable(Type.Boolean()),
  administers: nullable(Type.Array(Type.String())),
  owner: anything,
  data: nullable(object),
  securityQuestions: nullable(Type.Array(Question)),
  consent: anything,
  extensions: nullable(named(object)),
  disabledAt: anything,
  lockedAt: anything,
  registeredAt: clearableText,
  createdAt: anything,
  changedAt: anything,
  password: Type.Optional(Type.Union([Type.String(), Password])),
  pin: clearableText,
});

export type UserBody = Static<typeof UserBody>;

/** Checks the shape of a user's body, and changes nothing in it. Throws `invalid_argument` for the first fault. */
export const checkUserBody = checkerOf(UserBody);
