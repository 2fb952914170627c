import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** What Fastify makes of a query: a text, or a list of them where a name comes more than once. */
type Query = Readonly<Record<string, string | readonly string[]>>;

/**
 * Makes a reader of query parameters, as JSON to be read into a message of this type. As the vendor's gateway does it:
 * members by either name, those of a message inside with a dot before them, those of a list once for each item, of any
 * other the last; unknown ones are ignored.
 */
export function queryReader(desc: DescMessage): (query: object) => JsonObject {
  return (query) => {
    const json: JsonObject = {};
    for (const [path, value] of Object.entries(query as Query)) bind(json, desc, path.split('.'), value);
    return json;
  };
}

function bind(json: JsonObject, desc: DescMessage, [name, ...inner]: readonly string[], value: Query[string]): void {
  const field = desc.fields.find((each) => each.jsonName === name || each.name === name);
  if (field === undefined) return;
  const { jsonName } = field;
  if (field.fieldKind === 'message' && inner.length > 0) {
    const member = json[jsonName] ?? {};
    // A text that stands there already is refused when it is read.
    if (!isJsonObject(member)) return;
    Reflect.set(json, jsonName, member);
    bind(member, field.message, inner, value);
  } else if (inner.length === 0) {
    const items = [value].flat().map((text) => itemOf(field, text));
    const before = (json[jsonName] ?? []) as readonly Json[];
    Reflect.set(json, jsonName, field.fieldKind === 'list' ? [...before, ...items] : items.at(-1));
  }
}

/** A query has texts alone: what JSON would write otherwise is made of them. */
function itemOf(field: DescField, text: string): Json {
  if (field.scalar === ScalarType.BOOL && (text === 'true' || text === 'false')) return text === 'true';
  return field.enum !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
}
