import { describe } from 'node:test';
import { batchesConform } from './conformance/batches.ts';
import { belongingsConform } from './conformance/belongings.ts';
import { commitsConform } from './conformance/commits.ts';
import { deliveriesConform } from './conformance/deliveries.ts';
import { historyConforms } from './conformance/history.ts';
import { identifiersConform } from './conformance/identifiers.ts';
import { namesConform } from './conformance/names.ts';
import { closingAfter, type OpenStore, type StoreTraits } from './conformance/opened.ts';
import { searchConforms } from './conformance/search.ts';

export type { OpenedStore, OpenStore, StoreTraits } from './conformance/opened.ts';

const parts = {
  commits: commitsConform,
  names: namesConform,
  identifiers: identifiersConform,
  history: historyConforms,
  belongings: belongingsConform,
  deliveries: deliveriesConform,
  search: searchConforms,
  'random batches': batchesConform,
};

/** The tests that every store passes. `open` opens an empty store each time. */
export function storeConformance(name: string, open: OpenStore, options: StoreTraits = {}): void {
  describe(`the ${name} store`, () => {
    for (const [part, conforms] of Object.entries(parts)) {
      describe(part, () => conforms(closingAfter(open), options));
    }
  });
}
