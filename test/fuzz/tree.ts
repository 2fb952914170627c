import type { Json } from '#core/json.ts';

/** A body before it is written: it can hold what no JSON value can, such as a key twice or the number 1e400. */
export type Tree =
  | { readonly raw: string }
  | { readonly items: Tree[] }
  | { readonly entries: (readonly [key: string, value: Tree])[] };

/** One thing done to one place of a body. */
export interface Mutation {
  /** Which place, counted over all of them and round again. */
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'repeat' | 'rename' | 'wrap';
  /** What a value is replaced with, as JSON text, which need not be JSON. */
  readonly raw: string;
  readonly key: string;
}

export function treeOf(value: Json): Tree {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (value === null || typeof value !== 'object') return { raw: JSON.stringify(value) };
  return { entries: Object.entries(value).map(([key, inner]) => [key, treeOf(inner as Json)] as const) };
}

/** Does the mutations to the tree, one after the other. */
export function mutate(tree: Tree, mutations: readonly Mutation[]): Tree {
  const root: { items: Tree[] } = { items: [tree] };
  for (const mutation of mutations) {
    const places = placesIn(root);
    places[mutation.at % places.length]?.(mutation);
  }
  return root.items[0] ?? { raw: '' };
}

type Place = (mutation: Mutation) => void;

function placesIn(tree: Tree): Place[] {
  if ('items' in tree) {
    return tree.items.flatMap((item, index) => [
      (mutation) => tree.items.splice(index, 1, ...changed(item, mutation)),
      ...placesIn(item),
    ]);
  }
  if (!('entries' in tree)) return [];
  return tree.entries.flatMap(([key, value], index) => [
    (mutation) => {
      const to = mutation.how === 'rename' ? mutation.key : key;
      const values = changed(value, mutation).map((inner) => [to, inner] as const);
      tree.entries.splice(index, 1, ...values);
    },
    ...placesIn(value),
  ]);
}

function changed(tree: Tree, { how, raw, key }: Mutation): Tree[] {
  switch (how) {
    case 'replace':
      return [{ raw }];
    case 'remove':
      return [];
    case 'repeat':
      return [tree, { raw }];
    case 'rename':
      return [tree];
    case 'wrap':
      return [key === '' ? { items: [tree] } : { entries: [[key, tree]] }];
  }
}

export function writeJson(tree: Tree): string {
  if ('raw' in tree) return tree.raw;
  if ('items' in tree) return `[${tree.items.map(writeJson).join(',')}]`;
  return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${writeJson(value)}`).join(',')}}`;
}

/** The tree's members as a form has them: structure as JSON, null as nothing. */
export function writeForm(tree: Tree): string {
  if (!('entries' in tree)) return escaped(textOf(tree));
  return tree.entries.map(([key, value]) => `${escaped(key)}=${escaped(textOf(value))}`).join('&');
}

/** What a value is where there is text alone. */
export function textOf(tree: Tree): string {
  if (!('raw' in tree)) return writeJson(tree);
  if (tree.raw === 'null') return '';
  if (!tree.raw.startsWith('"')) return tree.raw;
  try {
    return String(JSON.parse(tree.raw));
  } catch {
    return tree.raw;
  }
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
