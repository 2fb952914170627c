import type { Unit } from './ports.ts';
import type { UserKey } from './user.ts';

/** The users that a unit is about: those of whom it writes anything. */
export function usersOf(unit: Unit): Set<UserKey> {
  const users = new Set<UserKey>();
  const { user, activity, dropTokensOf, dropMessagesOf, dropMetadataOf, dropRecordsOf } = unit;
  if (user) users.add(user.after.key);
  if (activity) users.add(activity.user);
  if (dropTokensOf) users.add(dropTokensOf.user);
  if (dropMessagesOf !== undefined) users.add(dropMessagesOf);
  if (dropMetadataOf !== undefined) users.add(dropMetadataOf);
  if (dropRecordsOf !== undefined) users.add(dropRecordsOf);
  for (const secret of unit.putSecrets ?? []) users.add(secret.user);
  for (const secret of unit.dropSecrets ?? []) users.add(secret.user);
  for (const token of unit.putTokens ?? []) if (token.user !== undefined) users.add(token.user);
  for (const message of unit.putMessages ?? []) users.add(message.user);
  for (const metadata of unit.putMetadata ?? []) users.add(metadata.user);
  for (const metadata of unit.dropMetadata ?? []) users.add(metadata.user);
  return users;
}
