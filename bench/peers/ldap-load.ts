import { Attribute, Change, Client } from 'ldapts';

/**
 * Modifies two attributes of people all over a directory, over connections each of which waits for its answer.
 * Arguments: URL, suffix, the administrator's password, the number of users, connections, seconds.
 */
const [, , url = '', suffix = '', password = '', users = '1', connections = '8', seconds = '3'] = process.argv;
const latencies: number[] = [];
// biome-ignore lint/plugin: a loader measures real time.
const nowMs = () => performance.timeOrigin + performance.now();
let [failed, n] = [0, Math.floor(nowMs()) % 1e9];

const replaced = (type: string, value: string) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) });

async function drive(client: Client, until: number): Promise<void> {
  while (nowMs() < until) {
    n += 1;
    const [name, start] = [`uid=user-${1 + ((n * 7919) % Number(users))},${suffix}`, nowMs()];
    const changes = [replaced('givenName', `Minnie ${n}`), replaced('displayName', `Minnie Mouse ${n}`)];
    await client.modify(name, changes).catch(() => {
      failed += 1;
    });
    latencies.push(nowMs() - start);
  }
}

const clients = Array.from({ length: Number(connections) }, () => new Client({ url }));
await Promise.all(clients.map((client) => client.bind(`cn=admin,${suffix}`, password)));
const start = nowMs();
await Promise.all(clients.map((client) => drive(client, start + Number(seconds) * 1000)));
const us = Math.round((nowMs() - start) * 1000);
await Promise.all(clients.map((client) => client.unbind()));
latencies.sort((a, b) => a - b);
const usAt = (share: number) => Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 1000);
process.stdout.write(`RESULT ${latencies.length} ${failed} ${us} ${usAt(0.5)} ${usAt(0.99)}\n`);
