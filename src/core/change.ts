import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import { isMetadataPath } from './metadata.ts';
import { type Changes, diff, type Fields } from './patch.ts';
import type { RealmKey } from './realm.ts';

/** What a change is about. `key` is the core's own key of that user or realm. */
export interface Subject {
  readonly kind: 'user' | 'realm';
  readonly key: number;
}

/** One recorded change of one subject, with its before and after. */
export interface Change {
  readonly schema: 1;
  readonly realm: RealmKey;
  readonly subject: Subject;
  /** Of the subject, after this change; from 1, without gaps. */
  readonly version: number;
  /** Never before the subject's last. */
  readonly at: Instant;
  readonly actor: { readonly kind: string; readonly id: string; readonly username: string };
  readonly via: string;
  readonly command: string;
  readonly request?: string;
  readonly address?: string;
  /** Absent once the person has been erased; the chain still verifies. */
  readonly changes?: Changes;
  /** Base64 of 16 random bytes; erased with the values. */
  readonly salt?: string;
  /** SHA-256 (hex) over salt and values. */
  readonly valuesDigest: string;
  /** The digest of the subject's change before this one; empty for the first. */
  readonly previous: string;
  /** SHA-256 (hex) over everything above but the values and their salt. */
  readonly digest: string;
}

export type UnsealedChange = Omit<Change, 'valuesDigest' | 'digest' | 'changes' | 'salt'> & {
  readonly changes: Changes;
  readonly salt: string;
};

/** Completes a change with its digests: SHA-256 over canonical JSON (RFC 8785), the same on every store. */
export function sealChange(change: UnsealedChange): Change {
  const sealed = { ...change, valuesDigest: digestOfValues(change.changes, change.salt), digest: '' };
  sealed.digest = digestOf(sealed);
  return sealed;
}

/** What a verification found: nothing wrong, or the first version at which the chain does not hold. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly version: number; readonly why: string };

/**
 * Checks all changes of one subject, oldest first, against each other and against the subject's own row, which keeps
 * version, last digest and the fields that the changes must add up to; `metadata` is what history shows of what is kept
 * beside it. With a user its metadata goes, which is no change of its own.
 */
export function verifyChanges(
  subject: {
    readonly version: number;
    readonly digest: string;
    readonly fields: Fields;
    readonly metadata?: Readonly<Record<string, Json>>;
  },
  changes: readonly Change[],
): Verdict {
  let previous = '';
  let fields: Record<string, Json> | undefined = {};
  for (const [index, change] of changes.entries()) {
    const broken = (why: string): Verdict => ({ ok: false, version: index + 1, why });
    const { changes: values, salt, digest } = change;
    if (change.version !== index + 1) return broken('a change is missing or has been added');
    if (change.previous !== previous) return broken('it does not follow from the change before');
    if (digestOf(change) !== digest) return broken('it has been edited');
    if (values === undefined || salt === undefined) fields = undefined;
    else if (digestOfValues(values, salt) !== change.valuesDigest) return broken('its values have been edited');
    else for (const [path, { after }] of Object.entries(values)) if (fields) fields[path] = after;
    previous = digest;
  }
  if (changes.length !== subject.version || previous !== subject.digest) {
    return { ok: false, version: changes.length + 1, why: 'the last change is missing or is not the recorded one' };
  }
  const present = fields && presentIn(fields);
  if (present && Object.keys(diff(present, { ...subject.fields, ...subject.metadata })).length > 0) {
    return { ok: false, version: subject.version, why: 'the changes do not add up to the present state' };
  }
  return { ok: true };
}

function presentIn(fields: Readonly<Record<string, Json>>): Fields {
  const isGone = (path: string) => fields['lifecycle'] === 'deleted' && isMetadataPath(path);
  return Object.fromEntries(
    Object.entries(fields).filter(([path, value]) => value !== null && !isGone(path)),
  ) as Fields;
}

function digestOfValues(changes: Changes, salt: string): string {
  return sha256(`${salt}\n${canonicalChanges(changes)}`);
}

/** As `canonicalize` writes them, but that plain values, which nearly all are, need no look inside. */
function canonicalChanges(changes: Changes): string {
  let written = '';
  for (const path of Object.keys(changes).sort()) {
    const { before, after } = changes[path] as Changes[string];
    const value = `{"after":${canonicalValue(after)},"before":${canonicalValue(before)}}`;
    written += `${written === '' ? '' : ','}${JSON.stringify(path)}:${value}`;
  }
  return `{${written}}`;
}

function canonicalValue(value: Json): string | undefined {
  if (value === null) return 'null';
  return typeof value === 'object' ? canonicalize(value) : JSON.stringify(value);
}

/** The digest binds exactly these; what a store adds, such as a position, is not part of a change. */
function digestOf(change: Omit<Change, 'changes' | 'salt' | 'digest'>): string {
  const { schema, realm, subject, version, at, actor, via, command, request, address, valuesDigest, previous } = change;
  return sha256(
    // Canonical JSON (RFC 8785), since its members stand in their order here and are texts and whole numbers.
    JSON.stringify({
      actor: { id: actor.id, kind: actor.kind, username: actor.username },
      address,
      at,
      command,
      previous,
      realm,
      request,
      schema,
      subject: { key: subject.key, kind: subject.kind },
      valuesDigest,
      version,
      via,
    }),
  );
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
