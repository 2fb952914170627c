import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findPostgres, findTool, postgresFolder } from './binaries.ts';
import { sharedCluster } from './shared-cluster.ts';

test('what is missing is named, and how to get it', async () => {
  assert.equal(findPostgres('9').skip, 'PostgreSQL 9 is not installed: apt-get install postgresql-9');
  await assert.rejects(postgresFolder('9'), /no PostgreSQL in .*9.bin: apt-get install postgresql-9/);
  await assert.rejects(postgresFolder('/nowhere/bin'), /no PostgreSQL in \/nowhere\/bin$/);
  assert.equal(findPostgres('18').skip, false);
});

const pgbench = findTool('pgbench');

test("Debian's tools work with a cluster", { skip: pgbench.skip }, async () => {
  const url = await (await sharedCluster()).createDatabase();
  const run = promisify(execFile);
  await run(pgbench.path, ['--initialize', '--quiet', url]);
  const { stdout } = await run(pgbench.path, ['--transactions=10', url]);
  assert.match(stdout, /actually processed: 10\/10/);
});
