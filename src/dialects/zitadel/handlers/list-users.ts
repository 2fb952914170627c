import { UserFieldNameSchema } from '@zitadel/proto/zitadel/user/v2/query_pb.js';
import type { ListUsersRequest } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import type { Filter } from '#core/filter.ts';
import type { Call, Operation } from '#dialects/zitadel/call.ts';
import { decodeList, type OrganizationFilter } from '#dialects/zitadel/decode/list-users.ts';
import { encodeUser, timestamp } from '#dialects/zitadel/encode.ts';

/** POST /v2/users */
export const listUsers: Operation<ListUsersRequest> = {
  excusesViolations: true,
  // Twenty queries in each other, of three levels each.
  maxDepth: 96,
  async run(call, request, violations) {
    const inOrganization = await organizationFilter(call);
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

/** Realms never see each other: of another organization than the caller's own nobody is found. */
async function organizationFilter({ actor, organizationOf }: Call): Promise<OrganizationFilter> {
  const own = await organizationOf(actor.realm);
  return (id) => (id === own ? { op: 'realm', realm: actor.realm } : { op: 'or', filters: [] });
}

function narrowed(filter: Filter, { organization }: Call, inOrganization: OrganizationFilter): Filter {
  if (organization === undefined || organization === '') return filter;
  return { op: 'and', filters: [inOrganization(organization), filter] };
}
