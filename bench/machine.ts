import { execFile } from 'node:child_process';
import { open, readFile, statfs } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { nowMs } from './load/load.ts';
import { ifAvailable } from './not-available.ts';
import { findProgram } from './programs.ts';
import { median } from './report/series.ts';
import { storeKinds } from './stores/store-kinds.ts';
import { storeTitles } from './stores/store-names.ts';

const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs (which keeps nothing)',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlay',
  801189825: 'zfs',
};

/** What the figures of a run hold for, as the machine itself tells it; how busy others have kept it, by its load average. */
export async function conditionsOf(bench: Bench, loadBefore: number): Promise<[string, string][]> {
  const { users, many, rounds, seconds, wantsUsual, wantsLarge } = bench.options;
  const processors = cpus();
  const durability: [string, string][] = [];
  for (const kind of storeKinds.filter(({ name }) => bench.options.stores.includes(name))) {
    const told = await ifAvailable(kind.name, [], () => kind.durability(bench));
    if (told !== undefined) durability.push([`durability, ${storeTitles[kind.name]}`, told]);
  }
  const stored: [string, string][] = [];
  if (wantsUsual) stored.push(['users stored', users.toLocaleString('en')]);
  if (wantsLarge) stored.push(['many users', `${many.toLocaleString('en')}: growth, memory, start and seed`]);
  return [
    ['processors', `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`],
    ['memory', `${Math.round(totalmem() / 1e9)} GB`],
    ['kernel', `${type()} ${release()}`],
    ['disk', await diskOf(bench.folder)],
    ['others’ load', `${loadBefore.toFixed(2)} (the average of the minute before the run)`],
    ['Node', process.version],
    ...(await versionsOf(bench)),
    ...durability,
    ...stored,
    ['rounds', `${rounds} of ${seconds} s, contenders taking turns`],
  ];
}

async function versionsOf(bench: Bench): Promise<[string, string][]> {
  const { stores, wants } = bench.options;
  const isPostgresUsed = stores.includes('postgres') || wants('peers');
  const slapd = wants('peers') ? await findProgram('slapd', ['/usr/sbin']) : undefined;
  const versions: [string, string | undefined][] = [
    ['PostgreSQL', isPostgresUsed ? await versionOfPostgres(bench) : undefined],
    ['wrk', await versionIn('wrk', ['-v'], /wrk (\S+)/)],
    ['slapd', slapd && (await versionIn(slapd, ['-VV'], /slapd ([\d.]+)/))],
    ['better-auth', wants('peers') ? await peerVersion('better-auth') : undefined],
  ];
  return versions.filter((entry): entry is [string, string] => entry[1] !== undefined);
}

async function versionOfPostgres(bench: Bench): Promise<string | undefined> {
  return await ifAvailable('PostgreSQL', [], async () => (await bench.cluster()).version());
}

/** Of a package of the peers', or nothing where it is not installed. */
async function peerVersion(name: string): Promise<string | undefined> {
  const path = join(import.meta.dirname, 'peers/node_modules', name, 'package.json');
  const manifest = await readFile(path, 'utf8').catch(() => undefined);
  return manifest && JSON.parse(manifest).version;
}

/** Programs tell their version on either output, and end as they like. */
async function versionIn(program: string, args: readonly string[], pattern: RegExp): Promise<string | undefined> {
  const told = await new Promise<string>((resolve) => {
    execFile(program, args, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  return pattern.exec(told)?.[1];
}

/** Its file system, and how long it takes to make 4 KiB durable. */
async function diskOf(folder: string): Promise<string> {
  const { type: number } = await statfs(folder);
  const path = join(folder, 'synced');
  const file = await open(path, 'w');
  const took: number[] = [];
  for (let n = 0; n < 200; n++) {
    const startedAt = nowMs();
    await file.write(Buffer.alloc(4096, n), 0, 4096, 0);
    await file.datasync();
    took.push(nowMs() - startedAt);
  }
  await file.close();
  const fileSystem = fileSystems[number] ?? `file system 0x${number.toString(16)}`;
  return `${fileSystem}; 4 KiB are synced in ${median(took).toFixed(2)} ms (median)`;
}
