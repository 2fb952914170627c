import { type Static, Type } from 'typebox';
import { checkerOf, members } from './shape.ts';

const text = Type.Optional(Type.String());

/** A realm to be made; ids are made unless they are given. */
export const RealmBody = members({
  name: Type.String(),
  language: text,
  region: text,
  timeZone: text,
  ids: Type.Optional(Type.Record(Type.String(), Type.String())),
});

export type RealmBody = Static<typeof RealmBody>;
export const checkRealmBody = checkerOf(RealmBody);
