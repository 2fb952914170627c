import type { UserJson } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import type { Fault } from './decode/faults.ts';
import type { SentHuman } from './decode/update.ts';

type Pair = readonly [sent: unknown, shown: unknown];

/** Each member of an update beside what a read shows in its place. */
const pairs: Readonly<Record<string, (sent: SentHuman, shown: UserJson) => Pair>> = {
  username: (sent, shown) => [sent.username, shown.username],
  'profile.givenName': (sent, shown) => [sent.profile?.givenName, shown.human?.profile?.givenName],
  'profile.familyName': (sent, shown) => [sent.profile?.familyName, shown.human?.profile?.familyName],
  'profile.nickName': (sent, shown) => [sent.profile?.nickName, shown.human?.profile?.nickName],
  'profile.displayName': (sent, shown) => [sent.profile?.displayName, shown.human?.profile?.displayName],
  'profile.preferredLanguage': (sent, shown) => [
    sent.profile?.preferredLanguage,
    shown.human?.profile?.preferredLanguage,
  ],
  'email.email': (sent, shown) => [sent.email?.email, shown.human?.email?.email],
  'phone.phone': (sent, shown) => [sent.phone?.phone, shown.human?.phone?.phone],
  // That a number is not verified says nothing of another number.
  'phone.isVerified': ({ phone }, { human }) => [
    `${phone?.phone ?? ''} ${phone?.verification.value === true}`,
    `${human?.phone?.phone ?? ''} ${human?.phone?.isVerified === true}`,
  ],
};

/**
 * What remains wrong with an update of a user that is shown like this: a client may send back what it was shown,
 * whatever the rules for a new value. Empty, false and left out are one thing here, as in proto3.
 */
export function faultsBesidesEcho(faults: readonly Fault[], sent: SentHuman, shown: UserJson): readonly Fault[] {
  return faults.filter(({ path }) => {
    const pair = Object.hasOwn(pairs, path) ? pairs[path]?.(sent, shown) : undefined;
    return pair === undefined || (pair[0] || undefined) !== (pair[1] || undefined);
  });
}
