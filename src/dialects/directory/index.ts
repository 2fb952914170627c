import type { Dialect } from '#dialects/dialect.ts';
import { encodeUser } from './encode/user.ts';
import { registerRoutes } from './routes.ts';

/** The directory's own API. */
export const directory: Dialect = {
  name: 'directory',
  title: "Muster's own",
  at: '/directory/v1',
  ids: 'guid',
  realmIds: 'guid',
  async register(host) {
    await host.http.register(async (http) => registerRoutes({ ...host, http }), { prefix: '/directory/v1' });
  },
  show: encodeUser,
  example: ({ origin, token, id }) =>
    `curl -H "Authorization: Bearer ${token}" ${origin}/directory/v1/users/${id}/changes`,
};
