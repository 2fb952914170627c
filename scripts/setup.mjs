// Makes the checkout ready to run: installs the locked packages (with them the pinned Node) when they are not there
// yet or when the lockfile has changed since. Plain JavaScript, because any Node from 20 on must be able to run it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.muster-lockfile`;
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing packages (once; this takes about half a minute) …');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { status } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    console.error('Installing failed: see the lines above. Muster needs the npm registry once.');
    process.exit(1);
  }
  if (!existsSync(`${root}node_modules/.bin/node`) && !existsSync(`${root}node_modules/.bin/node.cmd`)) {
    console.error(`There is no pinned Node for ${process.platform}-${process.arch}; see "Platforms" in README.md.`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
