import { after } from 'node:test';
import type { Store } from '#core/ports.ts';

/** A store under test. `reopen` closes it and opens the same data again. */
export interface OpenedStore {
  readonly store: Store;
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

export type OpenStore = () => Promise<OpenedStore>;

/** Opens stores for the tests of one suite, and closes them at its end. */
export function closingAfter(open: OpenStore): OpenStore {
  const opened: OpenedStore[] = [];
  after(async () => {
    for (const { close } of opened) await close();
  });
  return async () => {
    const store = await open();
    opened.push(store);
    return store;
  };
}
