import { UserFieldNameSchema } from '@zitadel/proto/zitadel/user/v2/query_pb.js';
import type { ListUsersRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { Filter } from '#core/filter.ts';
import { administersVia } from '#core/policies/authorize.ts';
import type { RealmKey } from '#core/realm.ts';
import type { Call, Operation } from '#dialects/zitadel/call.ts';
import { decodeList, type Meaning, nobody, organizationsIn } from '#dialects/zitadel/decode/list-users.ts';
import { encodeUser, timestamp } from '#dialects/zitadel/encode.ts';

/** POST /v2/users */
export const listUsers: Operation<ListUsersRequest> = {
  excusesViolations: true,
  // Twenty queries in each other, of three levels each.
  maxDepth: 96,
  async run(call, request, violations) {
    const meaning = await meaningTo(call, [...organizationsIn(request.queries), call.organization ?? '']);
    const { filter: asked, page } = decodeList(request, violations, meaning);
    const filter = narrowed(asked, call, meaning);
    const { users, total } = await call.acting.list(filter, page);
    const result = await Promise.all(
      users.map(async (user) => encodeUser(user, await call.organizationOf(user.realm))),
    );
    const { sortingColumn } = request;
    return {
      body: {
        details: { ...(total > 0 ? { totalResult: String(total) } : {}), timestamp: timestamp(call.clock.now()) },
        ...(sortingColumn === 0
          ? {}
          : { sortingColumn: UserFieldNameSchema.value[sortingColumn]?.name ?? sortingColumn }),
        ...(result.length > 0 ? { result } : {}),
      },
      version: undefined,
    };
  },
};

/**
 * In an organization that is not there nobody is found; in one that the caller does not see, those that it sees: nobody.
 * Who may not list metadata cannot learn it by searching either: nobody has any.
 */
async function meaningTo({ directory, actor }: Call, named: readonly string[]): Promise<Meaning> {
  const realms = new Map<string, RealmKey | undefined>();
  for (const id of new Set(named)) if (id !== '') realms.set(id, await directory.resolveRealm('zitadel', id));
  const listsMetadata = administersVia(actor, 'zitadel');
  return {
    inOrganization: (id) => {
      const realm = realms.get(id);
      return realm === undefined ? nobody : { op: 'realm', realm };
    },
    withEntry: (entry) => (listsMetadata ? { op: 'metadata', entry } : nobody),
  };
}

function narrowed(filter: Filter, { organization }: Call, { inOrganization }: Meaning): Filter {
  if (organization === undefined || organization === '') return filter;
  return { op: 'and', filters: [inOrganization(organization), filter] };
}
