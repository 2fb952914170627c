import { NotAvailable } from '#bench/not-available.ts';

interface Page {
  readonly users: readonly { readonly username: string; readonly ids: Readonly<Record<string, string | number>> }[];
  readonly hasMore: boolean;
}

/** By dialect, the ids of all people; read through Muster's own API, which is the same whatever the store. */
export type Ids = Readonly<Record<string, readonly (string | number)[]>>;

const pageSize = 1000;
/** Each page costs more than the one before: more than these are not paged through. */
const mostPaged = 100_000;

/** The ids of the people that `muster seed` has made, the administrator's left out. */
export async function readIds(origin: string, token: string, users: number): Promise<Ids> {
  const get = async (query: string): Promise<Page> => {
    const answer = await fetch(`${origin}/directory/v1/users?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`The users cannot be listed: ${await answer.text()}`);
    return (await answer.json()) as Page;
  };
  return users <= mostPaged ? await pagedIds(get) : await countedIds(get, users);
}

async function pagedIds(get: (query: string) => Promise<Page>): Promise<Ids> {
  const all: Page['users'][number]['ids'][] = [];
  for (let offset = 0; ; offset += pageSize) {
    const page = await get(`limit=${pageSize}&offset=${offset}`);
    all.push(...page.users.filter(({ username }) => username !== 'admin').map(({ ids }) => ids));
    if (page.hasMore) continue;
    const dialects = Object.keys(all[0] ?? {});
    return Object.fromEntries(dialects.map((dialect) => [dialect, all.map((ids) => ids[dialect] ?? '')]));
  }
}

/** ZITADEL's alone, which are counted: the administrator's is 1. One that is not there would be counted as failed. */
async function countedIds(get: (query: string) => Promise<Page>, users: number): Promise<Ids> {
  const last = await get(`name=user-${users}`);
  if (Number(last.users[0]?.ids['zitadel']) !== users + 1)
    throw new NotAvailable('the ids of its people are not counted from 2');
  return { zitadel: Array.from({ length: users }, (_, i) => i + 2) };
}
