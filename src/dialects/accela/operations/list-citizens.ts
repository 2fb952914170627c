import type { Filter, Page, PageRequest } from '#core/filter.ts';
import { nameKey } from '#core/names.ts';
import { administersVia } from '#core/policies/authorize.ts';
import { loginNameIn } from '#core/user.ts';
import { decodeFields, decodePage } from '#dialects/accela/decode/query.ts';
import { readingsOf } from '#dialects/accela/decode/resource-id.ts';
import { encodeListed, encodePage, pickFields } from '#dialects/accela/encode.ts';
import type { Answer, Call } from '#dialects/accela/operation.ts';

const nobody: Page = { users: [], hasMore: false };

/** Lists the citizen users of the caller's agency; to a citizen the list is empty, and no error. */
export async function listCitizens(call: Call): Promise<Answer> {
  const wanted = decodeFields(call.query);
  const page = decodePage(call.query);
  const realm = await call.directory.realm(call.actor.realm);
  const { users, hasMore } = administersVia(call.actor, 'accela') ? await find(call, page) : nobody;
  const result = users.map((user) => pickFields(encodeListed(user, realm), wanted));
  return { body: encodePage(result, page, hasMore) };
}

async function find({ actor, users, query }: Call, page: PageRequest): Promise<Page> {
  const ofAgency: Filter = {
    op: 'and',
    filters: [
      { op: 'realm', realm: actor.realm },
      { op: 'kind', kind: 'human' },
    ],
  };
  const loginName = query.get('loginName') ?? '';
  if (loginName === '') return await users.find(ofAgency, page);
  for (const name of readingsOf(loginName)) {
    const found = await users.find({ op: 'and', filters: [ofAgency, { op: 'name', name }] }, page);
    // The directory finds users by any name of theirs; here only the one that this API shows counts.
    const named = found.users.filter((user) => nameKey(loginNameIn('accela', user)) === nameKey(name));
    if (named.length > 0) return { ...found, users: named };
  }
  return nobody;
}
