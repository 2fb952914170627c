import { dialects } from '#dialects/index.ts';
import type { FuzzedDialect } from './operation.ts';

/** What each dialect tells the fuzzer: whoever adds a dialect adds `test/fuzz/<dialect>.ts`. */
export const fuzzedDialects: readonly FuzzedDialect[] = await Promise.all(
  dialects.map(async ({ name }) => {
    const { fuzzed } = (await import(`#test/fuzz/${name}.ts`)) as { fuzzed: FuzzedDialect };
    return fuzzed;
  }),
);
