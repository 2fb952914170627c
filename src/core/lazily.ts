import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What is made when it is asked for the first time, and kept: for what is slow or large and may never be needed. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const load = createRequire(import.meta.url);

/**
 * A module that is loaded, whole and at once, when it is asked for the first time: a start does not wait for it, and a
 * thread that never asks has no memory taken by it. It is the one that an `import` would find: a package may have others
 * for `require`, which are not always the same.
 */
export function lazyModule<Module>(specifier: string): () => Module {
  return lazily(() => load(fileURLToPath(import.meta.resolve(specifier))) as Module);
}
