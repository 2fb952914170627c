import type { Change } from '#core/change.ts';
import type { Message } from '#core/message.ts';
import type { Metadata } from '#core/metadata.ts';
import type { DialectRecord, Idempotency, Positioned } from '#core/ports.ts';
import type { Realm } from '#core/realm.ts';
import type { Secret } from '#core/secret.ts';
import type { Token } from '#core/token.ts';
import type { User } from '#core/user.ts';

export type Row = Readonly<Record<string, unknown>>;

const optional = <Name extends string>(name: Name, value: unknown): { [name in Name]?: never } =>
  (value === null ? {} : { [name]: value }) as { [name in Name]?: never };

export function decodeUser(row: Row): User {
  return {
    key: row['key'] as number,
    realm: row['realm'] as number,
    kind: row['kind'] === 0 ? 'human' : 'machine',
    ids: JSON.parse(row['ids'] as string),
    version: row['version'] as number,
    digest: row['digest'] as string,
    createdAt: row['created_at'] as string,
    changedAt: row['changed_at'] as string,
    fields: JSON.parse(row['fields'] as string),
    activity: {
      ...optional('lastLoginAt', row['last_login_at']),
      failedAttempts: (row['failed_attempts'] as number | null) ?? 0,
    },
  };
}

export function decodeRealm(row: Row): Realm {
  return {
    key: row['key'] as number,
    ids: JSON.parse(row['ids'] as string),
    version: row['version'] as number,
    digest: row['digest'] as string,
    createdAt: row['created_at'] as string,
    changedAt: row['changed_at'] as string,
    fields: JSON.parse(row['fields'] as string),
  };
}

export function decodeChange(row: Row): Positioned<Change> {
  const values = row['values'] as string | null;
  return {
    ...(JSON.parse(row['skeleton'] as string) as Pick<Change, 'schema' | 'actor' | 'via' | 'command'>),
    realm: row['realm'] as number,
    subject: { kind: row['subject_kind'] === 0 ? 'user' : 'realm', key: row['subject'] as number },
    version: row['version'] as number,
    at: row['at'] as string,
    ...(values === null ? {} : { changes: JSON.parse(values), salt: row['salt'] as string }),
    valuesDigest: row['values_digest'] as string,
    previous: row['previous'] as string,
    digest: row['digest'] as string,
    position: String(row['n']),
  };
}

export function decodeToken(row: Row): Token {
  return {
    hash: row['hash'] as string,
    id: row['id'] as string,
    ...optional('user', row['user']),
    ...optional('client', row['client']),
    ...optional('credential', row['credential']),
    dialect: row['dialect'] as string,
    use: row['use'] as Token['use'],
    signedIn: row['signed_in'] === 1,
    rights: JSON.parse(row['rights'] as string),
    createdAt: row['created_at'] as string,
    ...optional('expiresAt', row['expires_at']),
  };
}

export function decodeSecret(row: Row): Secret {
  return {
    user: row['user'] as number,
    name: row['name'] as Secret['name'],
    revision: row['revision'] as number,
    doc: JSON.parse(row['doc'] as string),
  };
}

/** The value comes in base64. */
export function decodeMetadata(row: Row): Metadata {
  return {
    user: row['user'] as number,
    key: row['key'] as string,
    value: row['value'] as string,
    createdAt: row['created_at'] as string,
    changedAt: row['changed_at'] as string,
  };
}

export function decodeMessage(row: Row): Message {
  return {
    id: row['id'] as string,
    realm: row['realm'] as number,
    user: row['user'] as number,
    channel: row['channel'] as Message['channel'],
    to: row['recipient'] as string,
    createdAt: row['created_at'] as string,
    expiresAt: row['expires_at'] as string,
    state: row['state'] as Message['state'],
    sealed: row['sealed'] as string,
    attempts: row['attempts'] as number,
    ...(row['state'] === 'waiting' ? { nextAttemptAt: row['next_at'] as string } : {}),
    ...optional('lastError', row['last_error']),
  };
}

export function decodeRecord(row: Row): DialectRecord {
  return {
    dialect: row['dialect'] as string,
    kind: row['kind'] as string,
    id: row['id'] as string,
    realm: row['realm'] as number,
    ...optional('owner', row['owner']),
    version: row['version'] as number,
    doc: JSON.parse(row['doc'] as string),
  };
}

export function decodeIdempotency(row: Row): Idempotency {
  return {
    scope: row['scope'] as string,
    input: row['input'] as string,
    outcome: row['outcome'] as string,
    expiresAt: row['expires_at'] as string,
  };
}
