import type { Dialect } from '#dialects/dialect.ts';
import { shownUser } from './encode.ts';
import { jsonOfUser } from './formats/write-json.ts';
import { languages } from './languages.ts';
import { serveRoutes } from './serve.ts';

/** The 2sms portal's admin users API, version 1. */
export const twosms: Dialect = {
  name: 'twosms',
  title: '2sms portal v1',
  at: '/api/v1/admin/users',
  ids: 'guid',
  hasClients: true,
  realmIds: 'guid',
  pathsIgnoringCase: ['/api/', '/token'],
  languages,
  show: (user, realm) => jsonOfUser(shownUser(user, realm)),
  register: serveRoutes,
  example: ({ origin, token, id }) =>
    `curl "${origin}/api/v1/admin/users/${id}" -H "Authorization: Bearer ${token}" -H "Accept: application/xml"`,
};
