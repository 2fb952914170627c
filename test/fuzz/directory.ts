import fc from 'fast-check';
import { type TSchema, Type } from 'typebox';
import type { Json } from '#core/json.ts';
import { shapes } from '#dialects/directory/decode/shapes.ts';
import { routes } from '#dialects/directory/routes.ts';
import { isProblem } from './answers.ts';
import type { FuzzedDialect } from './operation.ts';
import { anyJson, someOf, textFor } from './plausible.ts';

const keys = fc.constantFrom('zitadel', 'devicehive', 'accela', 'twosms', 'directory', 'theme', '__proto__');

/** The directory's own operations: bodies by the schemas in its route table. */
export const fuzzed: FuzzedDialect = {
  name: 'directory',
  operations: routes.map(({ operation, method, path, handle, body }) => ({
    name: operation,
    isBuilt: handle !== undefined,
    route: { method, path: `/directory/v1${path}` },
    ...(body === undefined ? {} : { body: bodyOf(shapes()[body], method) }),
  })),
  isRefusal: isProblem,
};

/** Where something is made it has a name as a rule, though the schema, which is that of updates too, asks for none. */
function bodyOf(schema: TSchema, method: string): fc.Arbitrary<Json> {
  const body = valueFor(schema, '');
  if (method !== 'POST') return body;
  const named = fc.tuple(textFor('username'), body).map(([username, rest]) => ({ username, ...(rest as object) }));
  return fc.oneof({ weight: 4, arbitrary: named }, { weight: 1, arbitrary: body });
}

/** A value of a schema, as far as this API's schemas go. `name` is that of the member that it is for. */
function valueFor(schema: TSchema, name: string): fc.Arbitrary<Json> {
  const rows = schema as { anyOf?: TSchema[]; enum?: Json[]; type?: string | string[]; items?: TSchema };
  if (rows.anyOf) return fc.oneof(...rows.anyOf.map((inner) => valueFor(inner, name)));
  if (rows.enum) return fc.constantFrom(...rows.enum);
  if (Array.isArray(rows.type)) {
    const types = rows.type.map((type) => {
      return { weight: type === 'null' ? 1 : 5, arbitrary: valueFor({ ...schema, type } as TSchema, name) };
    });
    return fc.oneof(...types);
  }
  switch (rows.type) {
    case 'string':
      return textFor(name);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'number':
    case 'integer':
      return fc.integer({ min: -1, max: 2000 });
    case 'array':
      return fc.array(valueFor(rows.items ?? Type.Unknown(), name), { maxLength: 3 });
    case 'object':
      return objectOf(schema);
    default:
      return anyJson;
  }
}

function isTyped(schema: TSchema | undefined): boolean {
  return ['type', 'anyOf', 'enum'].some((keyword) => keyword in (schema ?? {}));
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly additionalProperties?: TSchema | false;
}

/** Members that are required always, the others now and then. */
function objectOf(schema: TSchema): fc.Arbitrary<Json> {
  const { properties = {}, required = [], patternProperties = {}, additionalProperties } = schema as ObjectSchema;
  const members = Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, valueFor(inner, name)]));
  const any = Object.values(patternProperties)[0] ?? additionalProperties;
  if (any) return fc.dictionary(keys, valueFor(any, ''), { maxKeys: 3 }) as fc.Arbitrary<Json>;
  // What can be anything is only compared, or not read at all.
  const meant = Object.fromEntries(Object.entries(members).filter(([name]) => isTyped(properties[name])));
  return fc.oneof(
    { weight: 5, arbitrary: someOf(meant, required) },
    { weight: 1, arbitrary: someOf(members, required) },
  );
}
