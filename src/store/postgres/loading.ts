import { type MetadataId, metadataKey } from '#core/metadata.ts';
import { type DialectId, idKey, type Loaded, maxHolders, type RecordId, recordKey, type Wanted } from '#core/ports.ts';
import { isFindable } from '#core/searched-text.ts';
import type { Secret } from '#core/secret.ts';
import type { User, UserKey } from '#core/user.ts';
import {
  decodeIdempotency,
  decodeMetadata,
  decodeRealm,
  decodeRecord,
  decodeSecret,
  decodeToken,
  decodeUser,
  type Row,
} from '#store/rows.ts';
import { bigints, bytes, texts } from './arrays.ts';
import { base64, realmColumns, recordColumns, tokenColumns, userColumns } from './columns.ts';
import type { Statement } from './connection.ts';

type Kind = keyof Wanted;
type Item<Of extends Kind> = Required<Wanted>[Of] extends Iterable<infer Found> ? Found : never;

/** How many rows of one kind are asked for at once. */
type Loader<Of extends Kind> = {
  readonly sql: string;
  readonly parameters: (items: readonly Item<Of>[]) => Buffer[];
  /** Whether it can be there at all. */
  readonly mayBe?: (item: Item<Of>) => boolean;
};

/** In this order: the revision of a user must not be newer than what is read of it. */
const loaders: { readonly [Of in Kind]-?: Loader<Of> } = {
  users: {
    sql: `SELECT ${userColumns} FROM users u WHERE u.key = ANY($1::bigint[])`,
    parameters: (keys) => [bigints(keys)],
  },
  usersBy: {
    sql: `SELECT i.dialect, i.value, ${userColumns} FROM identifiers i
      JOIN unnest($1::text[], $2::text[]) AS d(dialect, value) ON i.dialect = d.dialect AND i.value = d.value
      JOIN users u ON u.key = i."user"`,
    parameters: dialectIds,
    mayBe: ({ value }) => isFindable(value),
  },
  usersByName: {
    sql: `SELECT n.key AS name, ${userColumns} FROM names n JOIN users u ON u.key = n."user" WHERE n.key = ANY($1::text[])`,
    parameters: (keys) => [texts(keys)],
    mayBe: isFindable,
  },
  usersByEmail: {
    sql: `SELECT d.key AS address, ${userColumns} FROM unnest($1::text[]) AS d(key)
      CROSS JOIN LATERAL (SELECT "user" FROM emails WHERE emails.key = d.key LIMIT ${maxHolders + 1}) AS e
      JOIN users u ON u.key = e."user"`,
    parameters: (keys) => [texts(keys)],
    mayBe: isFindable,
  },
  realms: {
    sql: `SELECT ${realmColumns} FROM realms WHERE key = ANY($1::bigint[])`,
    parameters: (keys) => [bigints(keys)],
  },
  names: {
    sql: 'SELECT key, "user" FROM names WHERE key = ANY($1::text[])',
    parameters: (keys) => [texts(keys)],
    mayBe: isFindable,
  },
  ids: {
    sql: `SELECT i.dialect, i.value, i."user" FROM identifiers i
      JOIN unnest($1::text[], $2::text[]) AS d(dialect, value) ON i.dialect = d.dialect AND i.value = d.value`,
    parameters: dialectIds,
    mayBe: ({ value }) => isFindable(value),
  },
  realmIds: {
    sql: `SELECT i.dialect, i.value, i.realm FROM realm_identifiers i
      JOIN unnest($1::text[], $2::text[]) AS d(dialect, value) ON i.dialect = d.dialect AND i.value = d.value`,
    parameters: dialectIds,
    mayBe: ({ value }) => isFindable(value),
  },
  tokens: {
    sql: `SELECT ${tokenColumns} FROM tokens t WHERE t.hash = ANY($1::bytea[])`,
    parameters: (hashes) => [bytes(hashes)],
    mayBe: (hash) => /^[0-9a-f]{64}$/.test(hash),
  },
  tokenIds: {
    sql: `SELECT ${tokenColumns} FROM tokens t WHERE t.id = ANY($1::text[])`,
    parameters: (ids) => [texts(ids)],
    mayBe: isFindable,
  },
  secretsOf: {
    sql: 'SELECT "user", name, revision, doc FROM secrets WHERE "user" = ANY($1::bigint[])',
    parameters: (keys) => [bigints(keys)],
  },
  metadata: {
    sql: `SELECT m."user", m.key, ${base64('m.value', 'value')}, m.created_at, m.changed_at FROM metadata m
      JOIN unnest($1::bigint[], $2::text[]) AS d("user", key) ON m."user" = d."user" AND m.key = d.key`,
    parameters: (ids) => [bigints(ids.map(({ user }) => user)), texts(ids.map(({ key }) => key))],
    mayBe: ({ key }) => isFindable(key),
  },
  metadataSizesOf: {
    sql: 'SELECT "user", key, octet_length(value) AS size FROM metadata WHERE "user" = ANY($1::bigint[])',
    parameters: (keys) => [bigints(keys)],
  },
  idempotency: {
    sql: 'SELECT scope, input, outcome, expires_at FROM idempotency WHERE scope = ANY($1::text[])',
    parameters: (scopes) => [texts(scopes)],
    mayBe: isFindable,
  },
  records: {
    sql: `SELECT ${recordColumns} FROM records r
      JOIN unnest($1::text[], $2::text[], $3::text[]) AS d(dialect, kind, id)
        ON r.dialect = d.dialect AND r.kind = d.kind AND r.id = d.id`,
    parameters: (ids) => [
      texts(ids.map(({ dialect }) => dialect)),
      texts(ids.map(({ kind }) => kind)),
      texts(ids.map(({ id }) => id)),
    ],
    mayBe: ({ id }) => isFindable(id),
  },
};

export interface Asked {
  readonly kind: Kind;
  readonly statement: Statement;
}

/** What to ask for, so that all of these are answered: one statement for each kind. */
export function asking(wanted: readonly Wanted[]): Asked[] {
  return (Object.keys(loaders) as Kind[]).flatMap((kind) => {
    const { sql, parameters, mayBe = () => true } = loaders[kind] as Loader<'names'>;
    const items = new Set(wanted.flatMap((one) => [...((one[kind] ?? []) as Iterable<string>)]));
    const askable = [...items].filter(mayBe);
    return askable.length === 0 ? [] : [{ kind, statement: { text: sql, values: parameters(askable) } }];
  });
}

/** All that was found, for whomever. */
export type Found = Required<Loaded> & { readonly tokensById: Loaded['tokens'] };

export function foundIn(rows: ReadonlyMap<Kind, readonly Row[]>): Found {
  const each = <Key, Value>(kind: Kind, entry: (row: Row) => readonly [Key, Value]) =>
    new Map((rows.get(kind) ?? []).map(entry));
  const secrets = new Map<UserKey, Secret[]>();
  for (const secret of (rows.get('secretsOf') ?? []).map(decodeSecret)) {
    secrets.set(secret.user, [...(secrets.get(secret.user) ?? []), secret]);
  }
  const sizes = new Map<UserKey, Map<string, number>>();
  for (const row of rows.get('metadataSizesOf') ?? []) {
    const of = sizes.get(row['user'] as number) ?? new Map<string, number>();
    sizes.set(row['user'] as number, of.set(row['key'] as string, row['size'] as number));
  }
  return {
    users: each('users', (row) => [row['key'] as number, decodeUser(row)]),
    revisions: each('users', (row) => [row['key'] as number, row['revision'] as number]),
    realms: each('realms', (row) => [row['key'] as number, decodeRealm(row)]),
    names: each('names', (row) => [row['key'] as string, row['user'] as number]),
    ids: each('ids', (row) => [idKey(row['dialect'] as string, row['value'] as string), row['user'] as number]),
    usersBy: each('usersBy', (row) => [idKey(row['dialect'] as string, row['value'] as string), decodeUser(row)]),
    usersByName: each('usersByName', (row) => [row['name'] as string, decodeUser(row)]),
    usersByEmail: holders(rows.get('usersByEmail') ?? []),
    realmIds: each('realmIds', (row) => [
      idKey(row['dialect'] as string, row['value'] as string),
      row['realm'] as number,
    ]),
    tokens: each('tokens', (row) => [row['hash'] as string, decodeToken(row)]),
    tokensById: each('tokenIds', (row) => [row['id'] as string, decodeToken(row)]),
    secrets,
    metadata: each('metadata', (row) => {
      const metadata = decodeMetadata(row);
      return [metadataKey(metadata), metadata];
    }),
    metadataSizes: sizes,
    idempotency: each('idempotency', (row) => [row['scope'] as string, decodeIdempotency(row)]),
    records: each('records', (row) => {
      const record = decodeRecord(row);
      return [recordKey(record), record];
    }),
  };
}

function holders(rows: readonly Row[]): Map<string, User[]> {
  const byAddress = Map.groupBy(rows, (row) => row['address'] as string);
  return new Map(byAddress.entries().map(([address, found]) => [address, found.map(decodeUser)]));
}

/** What one caller has asked for, of all that was found. */
export function loadedOf(wanted: Wanted, found: Found): Loaded {
  const byId = pick(wanted.tokenIds, found.tokensById);
  return {
    users: pick(wanted.users, found.users),
    revisions: pick(wanted.users, found.revisions),
    realms: pick(wanted.realms, found.realms),
    names: pick(wanted.names, found.names),
    ids: pick(keysOf(wanted.ids, keyOfId), found.ids),
    usersBy: pick(keysOf(wanted.usersBy, keyOfId), found.usersBy),
    usersByName: pick(wanted.usersByName, found.usersByName),
    usersByEmail: pick(wanted.usersByEmail, found.usersByEmail),
    realmIds: pick(keysOf(wanted.realmIds, keyOfId), found.realmIds),
    tokens: new Map([
      ...pick(wanted.tokens, found.tokens),
      ...byId.values().map((token) => [token.hash, token] as const),
    ]),
    secrets: new Map([...(wanted.secretsOf ?? [])].map((user) => [user, found.secrets.get(user) ?? []])),
    metadata: pick(
      keysOf(wanted.metadata, (id: MetadataId) => metadataKey(id)),
      found.metadata,
    ),
    metadataSizes: new Map(
      [...(wanted.metadataSizesOf ?? [])].map((user) => [user, found.metadataSizes.get(user) ?? new Map()]),
    ),
    idempotency: pick(wanted.idempotency, found.idempotency),
    records: pick(
      keysOf(wanted.records, (record: RecordId) => recordKey(record)),
      found.records,
    ),
  };
}

function dialectIds(ids: readonly DialectId[]): Buffer[] {
  return [texts(ids.map(({ dialect }) => dialect)), texts(ids.map(({ value }) => value))];
}

const keyOfId = ({ dialect, value }: DialectId): string => idKey(dialect, value);

function pick<Key, Value>(keys: Iterable<Key> | undefined, from: ReadonlyMap<Key, Value>): Map<Key, Value> {
  const picked = new Map<Key, Value>();
  for (const key of keys ?? []) {
    const value = from.get(key);
    if (value !== undefined) picked.set(key, value);
  }
  return picked;
}

function keysOf<Wish>(items: Iterable<Wish> | undefined, keyOf: (item: Wish) => string): string[] {
  return Array.from(items ?? [], keyOf);
}
