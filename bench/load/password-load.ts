import { readFileSync } from 'node:fs';
import { scattered } from './load.ts';

/**
 * Changes passwords without end over as many connections as keep every hashing thread busy, until it is stopped; says
 * when it has begun.
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
  if (!answer.ok) throw new Error(`A password is refused: ${answer.status}`);
}

await Promise.all(
  Array.from({ length: atOnce }, async (_, lane) => {
    for (let n = 0; ; n++) {
      await change(lane * 1000 + n, `Passw0rd-${lane}-${n}`);
      if (lane === 0 && n === 0) process.stdout.write('changing\n');
    }
  }),
);
