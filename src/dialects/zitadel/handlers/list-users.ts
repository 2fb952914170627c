import { UserFieldNameSchema } from '@zitadel/proto/zitadel/user/v2/query_pb.js';
import type { ListUsersRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { Filter } from '#core/filter.ts';
import type { RealmKey } from '#core/realm.ts';
import type { Call, Operation } from '#dialects/zitadel/call.ts';
import { decodeList, type OrganizationFilter, organizationsIn } from '#dialects/zitadel/decode/list-users.ts';
import { encodeUser, timestamp } from '#dialects/zitadel/encode.ts';

/** POST /v2/users */
export const listUsers: Operation<ListUsersRequest> = {
  excusesViolations: true,
  // Twenty queries in each other, of three levels each.
  maxDepth: 96,
  async run(call, request, violations) {
    const named = [...organizationsIn(request.queries), call.organization ?? ''];
    const inOrganization = await organizationFilter(call, named);
    const { filter: asked, page } = decodeList(request, violations, inOrganization);
    const filter = narrowed(asked, call, inOrganization);
    const [{ users }, total] = await Promise.all([call.acting.find(filter, page), call.acting.count(filter)]);
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

/** In an organization that is not there nobody is found; in one that the caller does not see, those that it sees: nobody. */
async function organizationFilter({ directory }: Call, named: readonly string[]): Promise<OrganizationFilter> {
  const realms = new Map<string, RealmKey | undefined>();
  for (const id of new Set(named)) realms.set(id, await directory.resolveRealm('zitadel', id));
  return (id) => {
    const realm = realms.get(id);
    return realm === undefined ? { op: 'or', filters: [] } : { op: 'realm', realm };
  };
}

function narrowed(filter: Filter, { organization }: Call, inOrganization: OrganizationFilter): Filter {
  if (organization === undefined || organization === '') return filter;
  return { op: 'and', filters: [inOrganization(organization), filter] };
}
