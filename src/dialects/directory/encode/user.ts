import { FieldTable } from '#core/fields.ts';
import type { JsonObject } from '#core/json.ts';
import type { Fields } from '#core/patch.ts';
import type { Realm } from '#core/realm.ts';
import { stateOf, type User } from '#core/user.ts';
import { encodeIds, type Numbering } from './ids.ts';

/** A user in the directory's own JSON; absent values are left out. No secret, nor whether there is one, is in it. */
export function encodeUser(user: User, realm: Realm, dialects: readonly Numbering[]): JsonObject {
  const { profile, email, phone, consent, extensions, loginNames = {} } = nested(user.fields);
  const { username, acceptsTextMessages, administers = [], owner, data, securityQuestions } = user.fields;
  const { disabledAt, lockedAt, registeredAt } = user.fields;
  const { kind, version, createdAt, changedAt } = user;
  return withoutAbsent({
    id: user.ids['directory'],
    ids: encodeIds(user.ids, dialects),
    realm: realm.fields.name,
    kind,
    version,
    state: stateOf(user),
    username,
    loginNames,
    profile,
    email,
    phone,
    acceptsTextMessages,
    administers,
    owner,
    data,
    securityQuestions,
    consent,
    extensions,
    disabledAt,
    lockedAt,
    registeredAt,
    createdAt,
    changedAt,
  });
}

const order = new Map(new FieldTable().paths().map((path, index) => [path, index]));
const secretGroups = ['password', 'pin', 'accessToken', 'clientSecret', 'keys'];

/** The fields by the parts of their paths, in the order of the field table: `profile.givenName` stands in `profile`. */
function nested(fields: Fields): Readonly<Record<string, JsonObject>> {
  const rank = (path: string) => order.get(path) ?? order.size;
  const entries = Object.entries(fields).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const root: Record<string, Record<string, unknown>> = {};
  for (const [path, value] of entries) {
    const parts = path.split('.');
    const name = parts.pop() ?? '';
    if (parts.length === 0 || secretGroups.includes(parts[0] ?? '')) continue;
    let group: Record<string, unknown> = root;
    for (const part of parts) {
      group[part] ??= {};
      group = group[part] as Record<string, unknown>;
    }
    group[name] = value;
  }
  return root as Record<string, JsonObject>;
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject;
}
