import { createClient } from '#core/commands/clients.ts';
import { createRealm } from '#core/commands/create-realm.ts';
import { issueTokens } from '#core/commands/issue-tokens.ts';
import type { ActingDirectory } from '#core/directory.ts';
import { hashToken } from '#core/token.ts';
import type { User } from '#core/user.ts';
import { dialects } from '#dialects/index.ts';
import type { People } from './people.ts';
import { client } from './plausible.ts';

/** A token, and the dialect that it is for. */
export interface Caller {
  readonly dialect: string;
  readonly token: string;
}

const administers = { zitadel: true, devicehive: true, accela: true, twosms: true };

/** An administrator, a user without rights, and an administrator of another realm: a token in each dialect for each. */
export async function makeCallers(people: People, system: ActingDirectory): Promise<readonly Caller[]> {
  const fields = { name: 'elsewhere', language: 'de', region: 'CH', timeZone: 'Europe/Zurich' };
  const ids = { zitadel: '77', accela: 'ELSEWHERE', twosms: '0196cafe-0000-7000-8000-000000000077' };
  await system.run(createRealm, { key: 2, ids, fields });
  for (const dialect of ['accela', 'twosms']) {
    await system.run(createClient, { dialect, realm: 1, name: 'A program', ...client });
  }
  const users = [
    await people.make({ administers }),
    await people.make(),
    await people.make({ administers, patch: { username: 'stranger' } }, 2),
  ];
  return await Promise.all(users.flatMap((user) => dialects.map(({ name }) => tokenOf(user, name, system))));
}

async function tokenOf({ key, ids }: User, dialect: string, system: ActingDirectory): Promise<Caller> {
  const token = `token-of-${dialect}-${ids[dialect]}-for-tests`;
  const row = { hash: hashToken(token), id: token, dialect, use: 'access', signedIn: false, rights: null } as const;
  await system.run(issueTokens, { user: { key }, tokens: [row] });
  return { dialect, token };
}
