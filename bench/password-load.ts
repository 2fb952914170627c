import { readFileSync } from 'node:fs';
import { scattered } from './load.ts';

/**
 * Changes passwords without end over as many connections as keep every hashing thread busy, until it is stopped.
 * Arguments: origin, token, the file of ZITADEL's ids.
 */
const [, , origin = '', token = '', file = ''] = process.argv;
const ids = readFileSync(file, 'utf8').trim().split('\n');
const atOnce = 32;

async function change(n: number, password: string): Promise<void> {
  const id = scattered(ids, n);
  const answer = await fetch(`${origin}/v2/users/human/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ password: { password: { password } } }),
  });
  await answer.arrayBuffer();
}

await Promise.all(
  Array.from({ length: atOnce }, async (_, lane) => {
    for (let n = 0; ; n++) await change(lane * 1000 + n, `Passw0rd-${lane}-${n}`);
  }),
);
