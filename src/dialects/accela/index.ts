import type { Dialect } from '#dialects/dialect.ts';
import { encodeCitizen } from './encode.ts';
import { serve } from './serve.ts';

/** The Accela Construct citizen access API. */
export const accela: Dialect = {
  name: 'accela',
  title: 'Accela Construct v4',
  at: '/v4/citizenaccess',
  ids: 'number',
  hasClients: true,
  realmIds: 'name',
  register: serve,
  show: encodeCitizen,
  example: ({ origin, token, id }) =>
    `curl -X PUT "${origin}/v4/citizenaccess/citizens/${id}" -H "Authorization: ${token}"` +
    ` -H "Content-Type: application/json" -d '{"receiveSMS":"Y"}'`,
};
