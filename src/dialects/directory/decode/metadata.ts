import { type Static, Type } from 'typebox';
import { checkerOf, members } from './shape.ts';

/** One value, in padded base64. */
export const MetadataBody = members({ value: Type.String() });

export const checkMetadataBody = checkerOf(MetadataBody);

/** Values by their keys; null takes a key away. */
export const MetadataPatchBody = Type.Object(
  {},
  { additionalProperties: Type.Unsafe<string | null>({ type: ['string', 'null'] }) },
);

export type MetadataPatchBody = Static<typeof MetadataPatchBody> & Readonly<Record<string, string | null>>;
export const checkMetadataPatchBody = checkerOf(MetadataPatchBody);
