import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { Pool } from 'pg';

/**
 * Serves better-auth as its manual sets it up, without its limit on requests, and says where.
 * Argument: the URL of an empty database.
 */
const [, , url = ''] = process.argv;

const server = createServer().listen(0, '127.0.0.1', async () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not know where it listens.');
  const origin = `http://127.0.0.1:${address.port}`;
  const options = {
    baseURL: origin,
    secret: 'a-secret-for-the-benchmark-alone',
    database: new Pool({ connectionString: url, max: 10 }),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  server.on('request', toNodeHandler(betterAuth(options)));
  process.stdout.write(`${origin}\n`);
});
process.on('SIGTERM', () => process.exit(0));
