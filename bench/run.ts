import { loadavg } from 'node:os';
import type { Bench } from './bench.ts';
import { progress } from './contenders/compare.ts';
import { startPeers } from './contenders/peers.ts';
import { conditionsOf } from './machine.ts';
import { ifAvailable } from './not-available.ts';
import { measureDialects } from './parts/dialects.ts';
import { measureGrowth } from './parts/growth.ts';
import { measureLatency } from './parts/latency.ts';
import { measureLists } from './parts/lists.ts';
import { measurePasswords } from './parts/passwords.ts';
import { measureReads } from './parts/reads.ts';
import { measureStart, seedFigure } from './parts/start.ts';
import { measureTransports } from './parts/transports.ts';
import { measureUpdates } from './parts/updates.ts';
import type { Figure } from './report/goals.ts';
import type { Results } from './report/sections.ts';
import { type FilledStore, fill, type Served, serve } from './stores/filled-store.ts';
import { type StoreKind, storeKinds } from './stores/store-kinds.ts';

type Measured = Pick<Results, 'comparisons' | 'figures' | 'peers'>;

/** Measures what is asked for; rejects if no store is available. */
export async function run(bench: Bench): Promise<Results> {
  // Told with the figures: on a busy machine they are worth less.
  const [loadBefore = 0] = loadavg();
  const kinds = storeKinds.filter(({ name }) => bench.options.stores.includes(name));
  const usual = bench.options.wantsUsual
    ? await measureUsual(bench, kinds)
    : { comparisons: [], figures: [], peers: [] };
  const figures = [...usual.figures];
  if (bench.options.wantsLarge) for (const kind of kinds) figures.push(...(await measureLarge(bench, kind)));
  return { ...usual, figures, conditions: await conditionsOf(bench, loadBefore), missing: bench.missing };
}

/** All stores at a time, each with as many users as is usual. */
async function measureUsual(bench: Bench, kinds: readonly StoreKind[]): Promise<Measured> {
  const stores: FilledStore[] = [];
  for (const kind of kinds) {
    const store = await fillOf(bench, kind, bench.options.users);
    if (store !== undefined) stores.push(store);
  }
  const figures: Figure[] = [];
  if (!bench.options.wantsLarge) for (const store of stores) figures.push(...(await measureStore(bench, store)));
  const measured = await measureServed(bench, stores);
  for (const store of stores) await store.remove();
  return { ...measured, figures: [...figures, ...measured.figures] };
}

async function measureServed(bench: Bench, stores: readonly FilledStore[]): Promise<Measured> {
  const { wants } = bench.options;
  await using servers = bench.cleanUp.use(new AsyncDisposableStack());
  const allServed: Served[] = [];
  for (const store of stores) allServed.push(await serve(store, bench.folder, servers));
  const [first, ...others] = allServed;
  if (first === undefined) throw new Error('No store is available.');
  const peers = wants('peers') ? await startPeers(bench) : [];
  const comparisons = await measureUpdates(bench, [first, ...others], peers);
  const figures: Figure[] = [];
  for (const served of allServed) {
    if (wants('dialects')) figures.push(...(await measureDialects(bench, served)));
    if (wants('passwords')) figures.push(await measurePasswords(bench, served));
    if (wants('latency')) figures.push(await measureLatency(bench, served));
    if (wants('reads')) figures.push(await measureReads(bench, served));
    if (wants('transports')) figures.push(...(await measureTransports(bench, served)));
    if (wants('lists') && !bench.options.wantsLarge) {
      figures.push(...(await measureLists(bench, served, bench.options.users)));
    }
  }
  return { comparisons, figures, peers };
}

/** One store at a time, with very many users. */
async function measureLarge(bench: Bench, kind: StoreKind): Promise<Figure[]> {
  const store = await fillOf(bench, kind, bench.options.many);
  if (store === undefined) return [];
  const figures = await measureStore(bench, store);
  if (bench.options.wants('lists')) figures.push(...(await measureLargeLists(bench, store)));
  const grown = await ifAvailable(`growth, ${kind.name}`, bench.missing, () => measureGrowth(bench, store));
  await store.remove();
  return [...figures, ...(grown ?? [])];
}

async function measureLargeLists(bench: Bench, store: FilledStore): Promise<Figure[]> {
  await using servers = bench.cleanUp.use(new AsyncDisposableStack());
  return await measureLists(bench, await serve(store, bench.folder, servers), store.users);
}

/** What is measured of a store that nobody serves. */
async function measureStore({ options: { wants, rounds } }: Bench, store: FilledStore): Promise<Figure[]> {
  const figures: Figure[] = [];
  if (wants('seed')) figures.push(seedFigure(store));
  if (wants('start')) figures.push(await measureStart(store, rounds));
  return figures;
}

async function fillOf(bench: Bench, kind: StoreKind, users: number): Promise<FilledStore | undefined> {
  progress(`${kind.name} is being filled with ${users} users`);
  return await ifAvailable(kind.name, bench.missing, () => fill(kind, bench, users));
}
