import { reviseUserBy } from '#core/commands/revise-user.ts';
import type { JsonObject } from '#core/json.ts';
import type { Numbering } from '#dialects/directory/encode/ids.ts';
import { encodeUser } from '#dialects/directory/encode/user.ts';
import { decodeChanges } from './user.ts';

/** A merge patch with the dialects that are served. */
interface SentChanges {
  readonly body: JsonObject;
  readonly dialects: readonly Numbering[];
}

/** An update, read beside the user as it is shown. */
export const reviseDirectoryUser = reviseUserBy(
  'revise-directory-user',
  ({ body, dialects }: SentChanges, user, realm) =>
    decodeChanges(body, encodeUser(user, realm, dialects), {
      realm: realm.fields,
      dialects: dialects.map(({ name }) => name),
    }),
);
