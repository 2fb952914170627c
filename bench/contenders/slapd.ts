import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Load, readResult } from '#bench/load/load.ts';
import { NotAvailable } from '#bench/not-available.ts';
import { findProgram, freePort, outputOf, runUntilStopped, unprivileged } from '#bench/programs.ts';
import { bestOf } from './compare.ts';
import { type Peer, peerProgram } from './peer.ts';

const [suffix, password] = ['dc=people,dc=example', 'of-the-benchmark-alone'];
const wanted = 'slapd is not installed: apt-get install slapd';

/** Without `dbnosync`, so that LMDB syncs every change to the disk before it is acknowledged. */
const configuration = (data: string) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${join(data, 'slapd.pid')}
database mdb
suffix "${suffix}"
rootdn "cn=admin,${suffix}"
rootpw ${password}
directory ${data}
maxsize 17179869184
index objectClass,uid eq
`;

/** About as long as a user of Muster's. */
const personAt = (n: number) => `dn: uid=user-${n},${suffix}
objectClass: inetOrgPerson
uid: user-${n}
cn: Minnie Mouse ${n}
sn: Mouse
givenName: Minnie
displayName: Minnie Mouse
mail: user-${n}@people.example
mobile: +41795551234
preferredLanguage: en
description: ${'x'.repeat(400)}

`;

export const slapd: Peer = {
  name: 'slapd',
  does: 'OpenLDAP modifies two attributes of an entry, synced to the disk; it keeps no history',
  start: async ({ folder, cleanUp, options: { users, seconds } }) => {
    const program = peerProgram('ldap-load.ts', 'ldapts');
    const [server, adder] = await Promise.all(['slapd', 'slapadd'].map((name) => findProgram(name, ['/usr/sbin'])));
    if (server === undefined || adder === undefined) throw new NotAvailable(wanted);
    const url = `ldap://127.0.0.1:${await freePort()}`;
    const settings = await fillEntries(adder, join(folder, 'slapd'), users);
    const running = runUntilStopped(server, ['-f', settings, '-h', url, '-d', '0'], {
      ...unprivileged(),
      stdio: 'ignore',
    });
    cleanUp.defer(running.stop);
    await listens(url);
    const load = async (clients: number): Promise<Load> => {
      const args = [url, suffix, password, users, clients, seconds].map(String);
      return readResult(await outputOf(process.execPath, [program, ...args]));
    };
    const clients = await bestOf([8, 16, 64], load);
    return { clients, load: () => load(clients) };
  },
};

/** The path of the settings of a server that has so many people. */
async function fillEntries(adder: string, folder: string, users: number): Promise<string> {
  const as = unprivileged();
  const [settings, data, people] = [join(folder, 'slapd.conf'), join(folder, 'data'), join(folder, 'people.ldif')];
  await mkdir(data, { recursive: true });
  await writeFile(settings, configuration(data));
  await writePeople(people, users);
  for (const path of as.uid === undefined ? [] : [folder, data]) await chown(path, as.uid ?? 0, as.gid ?? 0);
  await outputOf(adder, ['-q', '-f', settings, '-l', people], as).catch((error) => {
    throw new NotAvailable(`slapadd has failed: ${String(error.stderr).trim().split('\n').at(-1)}`);
  });
  return settings;
}

async function writePeople(file: string, users: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(`dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\ndc: people\no: People\n\n`);
  for (let n = 1; n <= users; n++) if (!out.write(personAt(n))) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

async function listens(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await sleep(100);
  }
  throw new NotAvailable('slapd does not listen');
}
