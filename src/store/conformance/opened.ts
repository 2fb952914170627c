import { after } from 'node:test';
import type { Store } from '#core/ports.ts';

/** A store under test. `reopen` closes it and opens the same data again. */
export interface OpenedStore {
  readonly store: Store;
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

/** In what stores may differ. */
export interface StoreTraits {
  /** Several processes write it at once: numbers that one of them has not used are lost when it ends. */
  readonly isShared?: boolean;
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
