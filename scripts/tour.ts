// Muster in thirty seconds: one user, updated through four vendors' APIs with real requests over real sockets, then
// shown by each of them, with the history of it all.
import { say, sayExchange, sayShown, sayTitle, style } from './tour/print.ts';
import { startServer, type ThrowawayServer } from './tour/server.ts';
import { callDeviceHive, callHttp } from './tour/wires.ts';

interface Minnie {
  readonly id: string;
  readonly ids: Readonly<Record<'zitadel' | 'devicehive' | 'accela' | 'twosms', string | number>>;
}

interface RecordedChange {
  readonly version: number;
  readonly via: string;
  readonly command: string;
  readonly actor: { readonly username: string };
  readonly changes: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
}

const json = (content: object) => ({ type: 'application/json', text: JSON.stringify(content) });

async function createMinnie(server: ThrowawayServer): Promise<Minnie> {
  const body = json({
    username: 'minnie-mouse',
    profile: { displayName: 'Minnie' },
    email: { address: 'old@mouse.com' },
  });
  return JSON.parse((await callHttp(server, 'POST', '/directory/v1/users', body)).received);
}

async function update(server: ThrowawayServer, { ids }: Minnie): Promise<void> {
  const profile = { givenName: 'Minnie', familyName: 'Mouse', preferredLanguage: 'en' };
  const human = json({ profile, email: { email: 'mini@mouse.com', isVerified: true } });
  sayExchange('ZITADEL', await callHttp(server, 'PUT', `/v2/users/human/${ids.zitadel}`, human));

  const user = { data: { theme: 'dark' }, introReviewed: true };
  sayExchange('DeviceHive', await callDeviceHive(server, { action: 'user/update', userId: ids.devicehive, user }));

  const citizen = json({ mobilePhone: '2015550123', mobilePhoneCountryCode: '1', receiveSMS: 'Y' });
  sayExchange('Accela', await callHttp(server, 'PUT', `/v4/citizenaccess/citizens/${ids.accela}`, citizen));

  const portalUser = { type: 'text/xml', text: await portalUserXml(server) };
  const portal = `/api/v1/admin/users/${ids.twosms}`;
  sayExchange('2sms', await callHttp(server, 'PUT', portal, portalUser, 'text/xml'));
}

/** 2sms wants a user whole: what the others have written is sent back to it, with a new name and time zone. */
async function portalUserXml(server: ThrowawayServer): Promise<string> {
  const { received } = await callHttp(server, 'GET', '/directory/v1/languages');
  const { languages } = JSON.parse(received) as { languages: { tag: string; ids: Record<string, string> }[] };
  const english = languages.find(({ tag }) => tag === 'en')?.ids['twosms'];
  return [
    '<User><DisplayName>Minnie Mouse</DisplayName><EmailAddress>mini@mouse.com</EmailAddress><Enabled>true</Enabled>',
    `<LanguageID>${english}</LanguageID><MobilePhone>2015550123</MobilePhone>`,
    '<TimeZone>W. Europe Standard Time</TimeZone><Username>minnie-mouse</Username></User>',
  ].join('');
}

async function show(server: ThrowawayServer, { ids }: Minnie): Promise<void> {
  sayShown('ZITADEL', await callHttp(server, 'GET', `/v2/users/${ids.zitadel}`));
  sayShown('DeviceHive', await callDeviceHive(server, { action: 'user/get', userId: ids.devicehive }));
  sayShown('Accela', await callHttp(server, 'GET', `/v4/citizenaccess/citizens/${ids.accela}`));
  sayShown('2sms', await callHttp(server, 'GET', `/api/v1/admin/users/${ids.twosms}`, undefined, 'text/xml'));
}

async function tellHistory(server: ThrowawayServer, { id }: Minnie): Promise<void> {
  const { received } = await callHttp(server, 'GET', `/directory/v1/users/${id}/changes`);
  const { changes } = JSON.parse(received) as { changes: RecordedChange[] };
  for (const { version, via, command, actor, changes: fields } of changes) {
    say(`  ${style('bold', String(version))}  ${command} by ${actor.username} via ${style('cyan', via)}`);
    for (const [path, { before, after }] of Object.entries(fields)) {
      say(`     ${path.padEnd(36)} ${style('dim', shown(before))} → ${shown(after)}`);
    }
  }
}

function shown(value: unknown): string {
  return value === null ? '–' : JSON.stringify(value);
}

const server = await startServer();
try {
  const minnie = await createMinnie(server);
  say(`Muster runs at ${server.origin}, in memory, while this lasts; minnie-mouse has just been created.`);
  sayTitle('One user, updated through four APIs: each has its own words, and its own id of her');
  await update(server, minnie);
  sayTitle('The same user, as each of the four shows her now');
  await show(server, minnie);
  sayTitle('Her history: each change once, whichever way it came, with before and after');
  await tellHistory(server, minnie);
  sayTitle('npm start serves such a directory for keeps.');
} finally {
  await server.close();
}
