import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import { createUser } from '#core/commands/create-user.ts';
import { setState } from '#core/commands/set-state.ts';
import type { User } from '#core/user.ts';
import type { ErrorId } from './error-ids.ts';
import { routes } from './routes.ts';
import { type Client, startClient } from './test-client.ts';
import { newOrganization, type Organization } from './test-organizations.ts';

// Every operation about a user, by every kind of caller, in its own organization and in another. Whoever builds one
// says here who may.

type Outcome = 'done' | ErrorId;

interface Row {
  readonly method: string;
  /** Behind the user's own path; `{key}` and `{token}` are of the user. */
  readonly path: string;
  readonly body?: object;
  readonly of: User['kind'];
  /** What is told to the owner of the instance and of its organization: they may. */
  readonly permitted?: Outcome;
  readonly self: Outcome;
  /** Somebody without any right, in the same organization. */
  readonly nobody?: Outcome;
  /** The owner of another organization, and somebody in it: the user is not there. */
  readonly strangers: ErrorId;
  readonly starts?: 'lock' | 'disable';
}

const expirationDate = '2030-01-31T00:00:00Z';
const code = { verificationCode: 'ABC123' };

const table: Readonly<Record<string, Row>> = {
  addKey: {
    method: 'POST',
    path: '/keys',
    body: { expirationDate },
    of: 'machine',
    self: 'done',
    strangers: 'COMMAND-bnipwm1',
  },
  addPersonalAccessToken: {
    method: 'POST',
    path: '/pats',
    body: { expirationDate },
    of: 'machine',
    self: 'done',
    strangers: 'COMMAND-Dggw2',
  },
  addSecret: { method: 'POST', path: '/secret', of: 'machine', self: 'done', strangers: 'COMMAND-x8910n' },
  createInviteCode: {
    method: 'POST',
    path: '/invite_code',
    body: { returnCode: {} },
    of: 'human',
    self: 'AUTHZ-cdgFk',
    strangers: 'COMMAND-Wgvn4',
  },
  deactivateUser: {
    method: 'POST',
    path: '/deactivate',
    of: 'human',
    self: 'AUTHZ-cdgFk',
    strangers: 'COMMAND-5gp2p62iin',
  },
  deleteUser: { method: 'DELETE', path: '', of: 'human', self: 'AUTHZ-cdgFk', strangers: 'COMMAND-bd4ir1mblj' },
  deleteUserMetadata: {
    method: 'DELETE',
    path: '/metadata?keys=none',
    of: 'human',
    permitted: 'META-2nnds',
    self: 'AUTHZ-cdgFk',
    strangers: 'COMMAND-uXHNj',
  },
  getUserByID: { method: 'GET', path: '', of: 'human', self: 'done', strangers: 'QUERY-Dfbg2' },
  humanMFAInitSkipped: {
    method: 'POST',
    path: '/mfa_init_skipped',
    body: {},
    of: 'human',
    self: 'done',
    strangers: 'COMMAND-auj6jeBei4',
  },
  listAuthenticationFactors: {
    method: 'POST',
    path: '/authentication_factors/_search',
    body: {},
    of: 'human',
    self: 'done',
    strangers: 'QUERY-Dfbg2',
  },
  listAuthenticationMethodTypes: {
    method: 'GET',
    path: '/authentication_methods',
    of: 'human',
    self: 'done',
    strangers: 'QUERY-Dfbg2',
  },
  listUserMetadata: {
    method: 'POST',
    path: '/metadata/search',
    body: {},
    of: 'human',
    self: 'AUTHZ-cdgFk',
    strangers: 'QUERY-Dfbg2',
  },
  lockUser: { method: 'POST', path: '/lock', of: 'human', self: 'AUTHZ-cdgFk', strangers: 'COMMAND-450yxuqrh1' },
  passwordReset: {
    method: 'POST',
    path: '/password_reset',
    body: { returnCode: {} },
    of: 'human',
    self: 'AUTHZ-cdgFk',
    strangers: 'COMMAND-SAF4f',
  },
  reactivateUser: {
    method: 'POST',
    path: '/reactivate',
    of: 'human',
    starts: 'disable',
    self: 'AUTH-7fs1e',
    strangers: 'COMMAND-9hy5kzbuk6',
  },
  registerTOTP: { method: 'POST', path: '/totp', body: {}, of: 'human', self: 'done', strangers: 'COMMAND-SqyJz' },
  removeKey: { method: 'DELETE', path: '/keys/{key}', of: 'machine', self: 'done', strangers: 'COMMAND-4m77G' },
  removePersonalAccessToken: {
    method: 'DELETE',
    path: '/pats/{token}',
    of: 'machine',
    self: 'done',
    strangers: 'COMMAND-4m77G',
  },
  removePhone: {
    method: 'DELETE',
    path: '/phone',
    of: 'human',
    permitted: 'COMMAND-ieJ2e',
    self: 'COMMAND-ieJ2e',
    strangers: 'COMMAND-ieJ2e',
  },
  removeSecret: { method: 'DELETE', path: '/secret', of: 'machine', self: 'done', strangers: 'COMMAND-x7s802' },
  removeTOTP: {
    method: 'DELETE',
    path: '/totp',
    of: 'human',
    permitted: 'COMMAND-Hd9sd',
    self: 'COMMAND-Hd9sd',
    strangers: 'COMMAND-Hd9sd',
  },
  resendEmailCode: {
    method: 'POST',
    path: '/email/resend',
    body: {},
    of: 'human',
    permitted: 'EMAIL-5w5ilin4yt',
    self: 'EMAIL-5w5ilin4yt',
    strangers: 'COMMAND-ieJ2e',
  },
  resendInviteCode: {
    method: 'POST',
    path: '/invite_code/resend',
    body: {},
    of: 'human',
    permitted: 'COMMAND-Wr3gq',
    self: 'COMMAND-Wr3gq',
    strangers: 'COMMAND-H3b2a',
  },
  resendPhoneCode: {
    method: 'POST',
    path: '/phone/resend',
    body: {},
    of: 'human',
    permitted: 'PHONE-5xrra88eq8',
    self: 'PHONE-5xrra88eq8',
    strangers: 'COMMAND-ieJ2e',
  },
  sendEmailCode: {
    method: 'POST',
    path: '/email/send',
    body: {},
    of: 'human',
    self: 'done',
    strangers: 'COMMAND-ieJ2e',
  },
  setEmail: {
    method: 'POST',
    path: '/email',
    body: { email: 'new@mouse.test' },
    of: 'human',
    self: 'done',
    strangers: 'COMMAND-ieJ2e',
  },
  setPassword: {
    method: 'POST',
    path: '/password',
    body: { newPassword: { password: 'Secret-Mouse-1' } },
    of: 'human',
    self: 'AUTHZ-cdgFk',
    strangers: 'COMMAND-G8dh3',
  },
  setPhone: {
    method: 'POST',
    path: '/phone',
    body: { phone: '+41791234567' },
    of: 'human',
    self: 'done',
    strangers: 'COMMAND-ieJ2e',
  },
  setUserMetadata: {
    method: 'POST',
    path: '/metadata',
    body: { metadata: [{ key: 'a', value: 'YQ==' }] },
    of: 'human',
    self: 'AUTHZ-cdgFk',
    strangers: 'COMMAND-uXHNj',
  },
  unlockUser: {
    method: 'POST',
    path: '/unlock',
    of: 'human',
    starts: 'lock',
    self: 'AUTH-7fs1e',
    strangers: 'COMMAND-x377t913pw',
  },
  updateHumanUser: {
    method: 'PUT',
    path: 'human',
    body: { profile: { givenName: 'Min', familyName: 'Mouse' } },
    of: 'human',
    self: 'done',
    strangers: 'COMMAND-ugjs0upun6',
  },
  updateUser: {
    method: 'PATCH',
    path: '',
    body: { human: { profile: { givenName: 'Min' } } },
    of: 'human',
    self: 'done',
    strangers: 'COMMAND-ugjs0upun6',
  },
  verifyEmail: {
    method: 'POST',
    path: '/email/verify',
    body: code,
    of: 'human',
    permitted: 'COMMAND-eis9R',
    self: 'COMMAND-eis9R',
    strangers: 'COMMAND-ieJ2e',
  },
  verifyInviteCode: {
    method: 'POST',
    path: '/invite_code/verify',
    body: code,
    of: 'human',
    permitted: 'COMMAND-Wgn4q',
    self: 'COMMAND-Wgn4q',
    strangers: 'COMMAND-F5g2h',
  },
  verifyPhone: {
    method: 'POST',
    path: '/phone/verify',
    body: code,
    of: 'human',
    permitted: 'COMMAND-eis9R',
    self: 'COMMAND-eis9R',
    strangers: 'COMMAND-ieJ2e',
  },
  verifyTOTPRegistration: {
    method: 'POST',
    path: '/totp/verify',
    body: { code: '123456' },
    of: 'human',
    permitted: 'COMMAND-3Mif9s',
    self: 'COMMAND-3Mif9s',
    strangers: 'COMMAND-3Mif9s',
  },
};

/** About no user that is there: who may is told elsewhere, for lists with what they show. */
const others = ['addHumanUser', 'createUser', 'listKeys', 'listPersonalAccessTokens', 'listUsers'];

type Headers = Record<string, string>;

let client: Client;
let city: Organization;
const callers: Record<string, Headers> = {};
before(async (context) => {
  client = await startClient(context as never);
  city = await newOrganization(client, 'City');
  const town = await newOrganization(client, 'Town');
  callers['owner'] = {};
  callers['administrator'] = await client.as(await city.user({ administers: ['zitadel'] }));
  callers['nobody'] = await client.as(await city.user());
  callers['otherAdministrator'] = await client.as(await town.user({ administers: ['directory'] }));
  callers['otherNobody'] = await client.as(await town.user());
});

/** A user of the city with all that can be taken from it; its path, and what can stand in one. */
async function target({ of, starts }: Row) {
  const system = client.server.directory.as(systemActor, { dialect: 'directory' });
  const username = `target-${client.server.random.uuid()}`;
  const email = { address: `${username}@mouse.test` };
  const { user } = await system.run(createUser, { realm: city.realm, kind: of, patch: { username }, email });
  const { key = 0, ids } = user ?? {};
  const id = ids?.['zitadel'] ?? '';
  const self = await client.as(id);
  if (starts) await system.run(setState, { user: key, action: starts });
  const made = { key: '', token: '' };
  if (of === 'machine') {
    await client.send('POST', `/v2/users/${id}/secret`, {});
    made.key = (await client.send('POST', `/v2/users/${id}/keys`, { expirationDate })).body.keyId;
    made.token = (await client.send('POST', `/v2/users/${id}/pats`, { expirationDate })).body.tokenId;
  }
  const everything = async () => {
    const { users, secrets } = await client.server.store.load({ users: [key], secretsOf: [key] });
    const keys = (await client.server.store.recordsIn(city.realm, 'key', 1000)).filter(({ owner }) => owner === key);
    return {
      user: users.get(key),
      secrets: secrets.get(key),
      keys,
      tokens: await client.server.store.tokensOf(key, 1000),
    };
  };
  return { id, self, made, everything };
}

function pathOf({ path }: Row, id: string, made: Record<string, string>): string {
  if (path === 'human') return `/v2/users/human/${id}`;
  return `/v2/users/${id}${path.replace(/\{(\w+)\}/g, (_, name) => made[name] ?? '')}`;
}

for (const [name, row] of Object.entries(table)) {
  test(`${name}: who may, and who changes nothing`, async () => {
    const { permitted = 'done', self, nobody = 'AUTHZ-cdgFk', strangers } = row;
    const expected: Record<string, Outcome> = {
      otherAdministrator: strangers,
      otherNobody: strangers,
      nobody,
      self,
      administrator: permitted,
      owner: permitted,
    };
    for (const [caller, outcome] of Object.entries(expected)) {
      const { id, self: own, made, everything } = await target(row);
      const before = await everything();
      const headers = caller === 'self' ? own : callers[caller];
      const reply = await client.send(row.method, pathOf(row, id, made), row.body, headers);
      assert.equal(reply.status === 200 ? 'done' : reply.errorId, outcome, caller);
      // A guess at a code is counted, but there is none here.
      if (outcome !== 'done') assert.deepEqual(await everything(), before, caller);
    }
  });
}

test('every operation that is built is in the table', () => {
  const built = routes.filter(({ operation }) => operation !== 'unbuilt').map(({ rpc }) => rpc);
  assert.deepEqual(
    built.filter((rpc) => !(rpc in table) && !others.includes(rpc)),
    [],
  );
});

test('who adds users where: in its own organization its owner, everywhere the owner of the instance', async () => {
  const person = { profile: { givenName: 'Min', familyName: 'Mouse' }, email: { email: 'mini@mouse.test' } };
  let number = 0;
  const add = async (caller: string, organization?: string, header?: string) => {
    const body = {
      ...person,
      username: `added-${++number}`,
      ...(organization === undefined ? {} : { organization: { orgId: organization } }),
    };
    const named = header === undefined ? {} : { 'x-zitadel-orgid': header };
    const reply = await client.send('POST', '/v2/users/human', body, { ...callers[caller], ...named });
    return reply.status === 200 ? reply.body.details.resourceOwner : reply.errorId;
  };
  assert.equal(await add('owner'), '1');
  assert.equal(await add('owner', city.id), city.id);
  assert.equal(await add('owner', undefined, city.id), city.id);
  assert.equal(await add('owner', '1', city.id), '1');
  assert.equal(await add('owner', 'none'), 'COMMA-095xh8fll1');
  assert.equal(await add('administrator'), city.id);
  assert.equal(await add('administrator', city.id, '1'), city.id);
  for (const [organization, header] of [['1'], [undefined, '1'], ['none']] as const) {
    assert.equal(await add('administrator', organization, header), 'COMMA-095xh8fll1');
  }
  assert.equal(await add('nobody'), 'AUTHZ-cdgFk');
  assert.equal(await add('nobody', '1'), 'COMMA-095xh8fll1');
});

test('who administers another dialect alone is nobody here', async () => {
  const { id } = await target(table['getUserByID'] as Row);
  const elsewhere = await client.as(await city.user({ administers: ['accela'] }));
  assert.equal((await client.send('GET', `/v2/users/${id}`, undefined, elsewhere)).errorId, 'AUTHZ-cdgFk');
});
