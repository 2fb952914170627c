import type { ActingDirectory } from '#core/directory.ts';
import type { Filter, Page } from '#core/filter.ts';
import { administersVia, notPermitted } from '#core/policies/authorize.ts';
import type { Realm } from '#core/realm.ts';
import type { User } from '#core/user.ts';
import { administersMore, shownUser } from './encode.ts';
import type { Exchange } from './exchange.ts';
import type { ShownUser } from './model.ts';
import { Refused } from './model-state.ts';

/** Users as they are shown, in pages as the store gives them. */
export type ListedUsers = AsyncIterable<readonly ShownUser[]>;

const pageSize = 500;

/** GET api/v1/admin/users: the users of the caller's account. The first page is read before this resolves. */
export async function listUsers({ request, actor, acting, directory }: Exchange): Promise<ListedUsers> {
  const includesSuperUsers = readFlag(request.query, 'IncludeSuperUsers');
  if (!administersVia(actor, 'twosms')) throw notPermitted();
  const realm = await directory.realm(actor.realm);
  const ofAccount: Filter = { op: 'realm', realm: realm.key };
  const first = await acting.find(ofAccount, { offset: 0, limit: pageSize });
  return shownPages(pagesFrom(first, ofAccount, acting), realm, includesSuperUsers);
}

async function* pagesFrom(first: Page, filter: Filter, acting: ActingDirectory): AsyncGenerator<readonly User[]> {
  let page = first;
  yield page.users;
  for (let offset = pageSize; page.hasMore; offset += pageSize) {
    page = await acting.find(filter, { offset, limit: pageSize });
    yield page.users;
  }
}

async function* shownPages(pages: AsyncIterable<readonly User[]>, realm: Realm, superUsers: boolean): ListedUsers {
  for await (const users of pages) {
    yield users.filter((user) => superUsers || !administersMore(user)).map((user) => shownUser(user, realm));
  }
}

/** A boolean of the query, its name in any case; false unless given. */
function readFlag(query: unknown, name: string): boolean {
  const given = Object.entries(query as object).filter(([key]) => key.toLowerCase() === name.toLowerCase());
  const text = given.map(([, value]) => String(value)).join();
  if (/^\s*(?:false\s*)?$/i.test(text)) return false;
  if (/^\s*true\s*$/i.test(text)) return true;
  const MessageDetail = `The parameter '${name}' must be true or false.`;
  throw new Refused(400, { Message: 'The request is invalid.', MessageDetail });
}
