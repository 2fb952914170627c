import { type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { JsonObject } from '#core/json.ts';

/**
 * Makes a reader of query parameters, as JSON to be read into a message of this type. As the vendor's gateway does it:
 * members by either name, those of a list once for each item, of any other the last, unknown ones ignored. Texts alone
 * are read, since no request without a body has anything else.
 */
export function queryReader(desc: DescMessage): (query: object) => JsonObject {
  const fields = desc.fields.filter((field) => 'scalar' in field && field.scalar === ScalarType.STRING);
  return (query) => {
    const given = new Map<string, string[]>(Object.entries(query).map(([name, value]) => [name, [value].flat()]));
    return Object.fromEntries(
      fields.flatMap(({ name, jsonName, fieldKind }) => {
        const values = [...new Set([jsonName, name])].flatMap((each) => given.get(each) ?? []);
        if (values.length === 0) return [];
        return [[jsonName, fieldKind === 'list' ? values : (values.at(-1) ?? '')]];
      }),
    );
  };
}
