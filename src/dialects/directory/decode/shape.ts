import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalidField } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';

/** An object with these members and no others. */
export const members = <Members extends TProperties>(properties: Members): TObject<Members> =>
  Type.Object(properties, { additionalProperties: false });

/** The same, or null, which clears. Spelled as a list of types, so that an error names one path once. */
export function nullable<Schema extends TSchema & { type: string }>(schema: Schema) {
  return Type.Optional(Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, 'null'] }));
}

/** What checks a body's shape, and changes nothing in it: throws `invalid_argument` for the first fault. */
export function checkerOf<Schema extends TObject>(schema: Schema): (body: JsonObject) => Static<Schema> {
  const validator = Compile(schema);
  return (body) => {
    if (validator.Check(body)) return body as Static<Schema>;
    const [fault] = validator.Errors(body);
    const field = (fault?.instancePath ?? '').slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
    if (fault?.keyword === 'boolean') throw invalidField(field, `There is no member ${field}.`);
    const allowed =
      fault?.keyword === 'enum' ? `must be one of ${fault.params.allowedValues.join(', ')}` : fault?.message;
    throw invalidField(field, `${field} ${allowed}.`);
  };
}
