import { systemActor } from '#core/actor.ts';
import type { Dialect, DialectHost } from '#dialects/dialect.ts';
import { jwtSecretPurpose, keepJwtSecret } from './commands/keep-jwt-secret.ts';
import { encodeUser } from './encode.ts';
import { jwtsUnder } from './jwt.ts';
import { serveRest } from './rest.ts';
import { socketHandler } from './session.ts';

/** DeviceHive 4.1's user and token API. */
export const devicehive: Dialect = {
  name: 'devicehive',
  title: 'DeviceHive 4.1',
  at: '/dh/rest and /dh/websocket',
  ids: 'number',
  settings: {
    JWT_SECRET: 'the secret that its JWTs are signed with, read as base64 as the vendor does (made once and kept)',
  },
  async register(host) {
    const jwts = await jwtsUnder(host.setting('JWT_SECRET') ?? (await keptSecret(host)));
    const { directory, guard, clock, log, originOf } = host;
    const services = { directory, guard, clock, log, originOf, jwts };
    host.sockets.route('/dh/websocket', socketHandler(services));
    serveRest(host, services);
  },
  show: encodeUser,
  example: ({ origin, token, id }) => `curl "${origin}/dh/rest/user/${id}" -H "Authorization: Bearer ${token}"`,
};

/** The secret that was made at the first start. */
async function keptSecret({ directory, sealer }: DialectHost): Promise<string> {
  const acting = directory.as(systemActor, { dialect: 'devicehive' });
  const { result } = await acting.run(keepJwtSecret, undefined);
  return sealer.open(result, jwtSecretPurpose);
}
