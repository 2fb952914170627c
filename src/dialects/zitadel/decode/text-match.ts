import type { TextFilterMethod } from '@zitadel/proto/zitadel/filter/v2/filter_pb.js';
import type { TextQueryMethod } from '@zitadel/proto/zitadel/object/v2/object_pb.js';
import type { TextMatch } from '#core/text-match.ts';

/** By the numbers of both enums, each of which is there twice: with case, and without. */
const methods = ['equals', 'startsWith', 'contains', 'endsWith'] as const;

export function textMatch(text: string, method: TextFilterMethod | TextQueryMethod): TextMatch {
  return { method: methods[method >> 1] ?? 'equals', text, ignoreCase: method % 2 === 1 };
}
