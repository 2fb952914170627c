import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server of its own, in memory, for as long as the tour takes. */
export interface ThrowawayServer {
  readonly origin: string;
  /** The administrator's token, which opens every API. */
  readonly token: string;
  close(): Promise<void>;
}

export async function startServer(): Promise<ThrowawayServer> {
  const token = `tour-${randomBytes(16).toString('hex')}`;
  const args = ['src/muster.mjs', 'serve', '--port', '0', '--store', 'sqlite::memory:', '--log-level', 'error'];
  // Settings of the surroundings are for another server.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MUSTER_'));
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...Object.fromEntries(inherited), MUSTER_ADMIN_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const origin = await Promise.race([originOf(child), ended.then(() => undefined)]);
  if (origin === undefined) throw new Error('The server did not start.');
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { origin, token, close };
}

async function originOf(child: ChildProcess): Promise<string | undefined> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    const origin = /Muster runs at (\S+)/.exec(text)?.[1];
    if (origin !== undefined) return origin;
  }
  return undefined;
}
