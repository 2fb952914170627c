import { type Static, Type } from 'typebox';
import { permissions } from '#core/permissions.ts';
import { checkerOf, members } from './shape.ts';

const text = Type.Optional(Type.String());

/** A token to be made: for the caller itself unless it names a user. */
export const TokenBody = members({
  /** As the path's `{id}`: in the form that the dialect's wire has, a number where that is one. */
  user: Type.Optional(Type.Unsafe<string | number>({ type: ['string', 'number'] })),
  permissions: Type.Optional(Type.Array(Type.Enum([...permissions]), { minItems: 1 })),
  expiresAt: text,
});

export type TokenBody = Static<typeof TokenBody>;
export const checkTokenBody = checkerOf(TokenBody);

/** A client to be let in; id and secret are made unless they are given. */
export const ClientBody = members({ dialect: Type.String(), id: text, secret: text, name: text });

export const checkClientBody = checkerOf(ClientBody);
