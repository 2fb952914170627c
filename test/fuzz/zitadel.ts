import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import fc from 'fast-check';
import type { Json } from '#core/json.ts';
import { UserService } from '#dialects/zitadel/descriptors.ts';
import { routes } from '#dialects/zitadel/routes.ts';
import { jsonOf, membersAre } from './answers.ts';
import type { FuzzedDialect } from './operation.ts';
import { anyJson, orStrange, personId, textFor } from './plausible.ts';

const deepest = 5;

/** ZITADEL's operations: bodies by the descriptors of its request messages. */
export const fuzzed: FuzzedDialect = {
  name: 'zitadel',
  operations: routes.map(({ rpc, method, path, operation }) => ({
    name: rpc,
    isBuilt: operation !== 'unbuilt',
    route: { method, path: path.replace(/\{(\w+)\}/g, ':$1') },
    ...(method === 'GET' ? {} : { body: messageOf(UserService.method[rpc].input, path) }),
  })),
  isRefusal: (answer) => membersAre(jsonOf(answer), { code: 'number', message: 'string' }, { details: 'object' }),
};

/** A message as proto3 JSON, without the members that stand in the path. */
function messageOf(desc: DescMessage, path = '', depth = 0): fc.Arbitrary<Json> {
  if (desc.typeName.startsWith('google.protobuf.')) return wellKnown(desc);
  const plain = desc.fields.filter(({ oneof, name }) => oneof === undefined && !path.includes(`{${name}}`));
  const always = plain.map((field) => memberOf(field, depth, 2));
  const chosen = desc.oneofs.map(({ fields }) => fc.oneof(...fields.map((field) => memberOf(field, depth, 9))));
  return fc.tuple(...always, ...chosen).map((members) => Object.assign({}, ...members) as Json);
}

/** A member under one of its two names, left out now and then. */
function memberOf(field: DescField, depth: number, weight: number): fc.Arbitrary<object> {
  const value = orStrange(depth < deepest ? memberValueOf(field, depth) : anyJson);
  const names = fc.constantFrom(field.jsonName, field.jsonName, field.jsonName, field.name);
  const given = fc.tuple(names, value).map(([name, inner]) => ({ [name]: inner }));
  return fc.oneof({ weight: weight * 4, arbitrary: given }, { weight: 3, arbitrary: fc.constant({}) });
}

function memberValueOf(field: DescField, depth: number): fc.Arbitrary<Json> {
  switch (field.fieldKind) {
    case 'message':
      return messageOf(field.message, '', depth + 1);
    case 'enum':
      return fc.constantFrom<Json[]>(...field.enum.values.map(({ name }) => name), 0, 1, 99);
    case 'list':
      return fc.array(field.message ? messageOf(field.message, '', depth + 1) : scalarOf(field, field.scalar), {
        maxLength: 2,
      });
    case 'map':
      return anyJson;
    case 'scalar':
      return scalarOf(field, field.scalar);
  }
}

function scalarOf({ name, jsonName, parent }: DescField, type: ScalarType | undefined): fc.Arbitrary<Json> {
  switch (type) {
    case ScalarType.STRING:
      return name === 'user_id' ? personId : textFor(jsonName === 'password' ? parent.name : jsonName);
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.BYTES:
      return fc.base64String({ maxLength: 40 });
    default:
      return fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer().map(String));
  }
}

function wellKnown(desc: DescMessage): fc.Arbitrary<Json> {
  if (desc.name === 'Timestamp') return fc.constantFrom('2026-11-21T10:00:00Z', '0001-01-01T00:00:00Z', 'x');
  if (desc.name === 'Duration') return fc.constantFrom('3600s', '-1s', '1.000000001s', 'x');
  return anyJson;
}
