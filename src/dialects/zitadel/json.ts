import { type DescEnum, type DescField, type DescMessage, fromJson, type MessageShape } from '@bufbuild/protobuf';
import { invalidField } from '#core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { lazily } from '#core/lazily.ts';
import { readScalar, zeroOf } from './json-scalars.ts';

/** Reads one value; what is wrong with it goes to `faults`, as text that names the member by its path. */
type Read = (value: Json, path: string, faults: Set<string>) => unknown;

interface Member {
  readonly read: Read;
  readonly jsonName: string;
  readonly localName: string;
  /** Set when the member excludes others. */
  readonly oneof: string | undefined;
  readonly excludes: readonly Name[];
}
type Name = Readonly<Record<'jsonName' | 'name', string>>;

/**
 * Makes a reader of proto3 JSON for one message type, compiled at its first use. It reads as the vendor's gateway does:
 * members in camelCase or as in the proto file, unknown members ignored, null as absent. Two members of one oneof, an
 * unknown enum name and a value of a wrong type are refused, all of them in one `invalid_argument`; `fromJson` would drop
 * or garble the first two. An unknown enum number is kept, as proto3 keeps it.
 */
export function jsonReader<Desc extends DescMessage>(desc: Desc): (json: Json) => MessageShape<Desc> {
  const read = lazily(() => messageReader(desc));
  return (json) => {
    const faults = new Set<string>();
    const message = read()(json, '', faults);
    if (faults.size > 0) throw invalidField('body', `${told(faults)}.`, 'body_malformed');
    return message as MessageShape<Desc>;
  };
}

/** More would make an answer many times as long as its request, and too long for gRPC's trailers. */
const [maxTold, maxLength] = [20, 500];

function told(faults: ReadonlySet<string>): string {
  const texts = [...faults]
    .slice(0, maxTold)
    .map((text) => (text.length > maxLength ? `${text.slice(0, maxLength)}…` : text));
  return [...texts, ...(faults.size > maxTold ? [`and ${faults.size - maxTold} more`] : [])].join('; ');
}

/** By their types: a message may hold itself, and callers choose how deep it does. */
const messageReaders = new WeakMap<DescMessage, Read>();

function messageReader(desc: DescMessage): Read {
  const known = messageReaders.get(desc);
  if (known) return known;
  const compiled = compiledReader(desc);
  messageReaders.set(desc, compiled);
  return compiled;
}

function compiledReader(desc: DescMessage): Read {
  if (desc.typeName.startsWith('google.protobuf.')) return wellKnownReader(desc);
  const members = membersOf(desc);
  const blank = blankOf(desc);
  const lists = desc.fields.filter(({ fieldKind }) => fieldKind === 'list').map(({ localName }) => localName);
  return (json, path, faults) => {
    const message: Record<string, unknown> = { ...blank };
    for (const list of lists) message[list] = [];
    if (!isJsonObject(json)) {
      faults.add(`${path || 'the body'} must be a JSON object`);
      return message;
    }
    for (const key of Object.keys(json)) {
      const value = json[key];
      const member = members.get(key);
      if (member !== undefined && value !== null && value !== undefined) {
        readMember(message, member, { json, key, value, path, faults });
      }
    }
    return message;
  };
}

interface Place {
  readonly json: JsonObject;
  readonly key: string;
  readonly value: Json;
  /** Of the message around, with a dot behind it. */
  readonly path: string;
  readonly faults: Set<string>;
}

function readMember(message: Record<string, unknown>, member: Member, place: Place): void {
  const { json, key, path, faults } = place;
  if (key !== member.jsonName && isGiven(json, member.jsonName)) faults.add(`${path}${member.jsonName} is given twice`);
  const value = member.read(place.value, path + member.jsonName, faults);
  if (member.oneof === undefined) {
    message[member.localName] = value;
    return;
  }
  const chosen = message[member.oneof] as { case: string | undefined };
  if (chosen.case !== undefined && chosen.case !== member.localName) {
    const given = member.excludes.filter(({ jsonName, name }) => isGiven(json, jsonName) || isGiven(json, name));
    faults.add(`${given.map(({ jsonName }) => path + jsonName).join(', ')} exclude each other: send one of them`);
  }
  message[member.oneof] = { case: member.localName, value };
}

function isGiven(json: JsonObject, key: string): boolean {
  return Object.hasOwn(json, key) && json[key] !== null;
}

function membersOf(desc: DescMessage): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const field of desc.fields) {
    const member = {
      read: fieldReader(field),
      jsonName: field.jsonName,
      localName: field.localName,
      oneof: field.oneof?.localName,
      excludes: field.oneof?.fields ?? [],
    };
    members.set(field.name, member).set(field.jsonName, member);
  }
  return members;
}

/** A message in which nothing is set: what presence does not tell apart has its zero value. */
function blankOf(desc: DescMessage): Record<string, unknown> {
  const blank: Record<string, unknown> = { $typeName: desc.typeName };
  for (const oneof of desc.oneofs) blank[oneof.localName] = Object.freeze({ case: undefined });
  for (const field of desc.fields) {
    const implicit = field.oneof === undefined && !field.proto.proto3Optional;
    if (!implicit) continue;
    if (field.fieldKind === 'scalar') blank[field.localName] = zeroOf(field.scalar);
    if (field.fieldKind === 'enum') blank[field.localName] = 0;
  }
  return blank;
}

function fieldReader(field: DescField): Read {
  switch (field.fieldKind) {
    case 'scalar':
      return (value, path, faults) => readScalar(field.scalar, value, path, faults);
    case 'enum':
      return enumReader(field.enum);
    case 'message':
      return readerOf(field.message);
    case 'list':
      return listReader(field);
    case 'map':
      throw new Error(`${field.parent.typeName}.${field.name}: maps are not read; the vendor's user API has none.`);
  }
}

/** A message type may hold itself, so its reader is made at its first use. */
function readerOf(desc: DescMessage): Read {
  const read = lazily(() => messageReaderAt(desc));
  return (value, path, faults) => read()(value, path, faults);
}

function messageReaderAt(desc: DescMessage): Read {
  const read = messageReader(desc);
  if (desc.typeName.startsWith('google.protobuf.')) return read;
  return (value, path, faults) => read(value, isJsonObject(value) ? `${path}.` : path, faults);
}

function listReader(field: DescField & { fieldKind: 'list' }): Read {
  const item = itemReader(field);
  return (value, path, faults) => {
    if (Array.isArray(value)) return value.map((inner, index) => item(inner, `${path}[${index}]`, faults));
    faults.add(`${path} must be a list`);
    return [];
  };
}

function itemReader(field: DescField & { fieldKind: 'list' }): Read {
  switch (field.listKind) {
    case 'message':
      return readerOf(field.message);
    case 'enum':
      return enumReader(field.enum);
    case 'scalar':
      return (value, path, faults) => readScalar(field.scalar, value, path, faults);
  }
}

function enumReader(desc: DescEnum): Read {
  const numbers = new Map(desc.values.map(({ name, number }) => [name, number]));
  return (value, path, faults) => {
    if (Number.isInteger(value)) return value;
    const number = typeof value === 'string' ? numbers.get(value) : undefined;
    if (number === undefined) faults.add(`${path} must be one of ${[...numbers.keys()].join(', ')}`);
    return number ?? 0;
  };
}

function wellKnownReader(desc: DescMessage): Read {
  return (value, path, faults) => {
    try {
      return fromJson(desc, value as Parameters<typeof fromJson>[1]);
    } catch {
      faults.add(`${path} must be a ${desc.name}`);
      return undefined;
    }
  };
}
