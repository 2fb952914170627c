import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Ends a process and all that it has started with SIGKILL, as a machine that loses power would: none of them finds
 * the time to react to the end of another.
 */
export async function killTree(pid: number): Promise<void> {
  if (!signal(pid, 'SIGSTOP')) return;
  const tree = [pid, ...descendants(pid)];
  for (const each of tree) signal(each, 'SIGKILL');
  for (let waited = 0; waited < 2000 && runningOf(tree).length > 0; waited += 10) await sleep(10);
}

/** Those of the processes that run; one that has ended and waits for its parent to ask about it does not. */
export function runningOf(pids: readonly number[]): number[] {
  const all = parents();
  return pids.filter((pid) => all.has(pid));
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function descendants(pid: number): number[] {
  const all = parents();
  const children = (parent: number): number[] =>
    [...all].filter(([, each]) => each === parent).flatMap(([child]) => [child, ...children(child)]);
  return children(pid);
}

/** Every process that runs, with its parent. */
function parents(): Map<number, number> {
  const lines = process.platform === 'linux' ? fromProc() : fromPs();
  return new Map(lines.filter(({ state }) => !/^[ZX]/.test(state)).map(({ pid, parent }) => [pid, parent]));
}

interface Line {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

function fromProc(): Line[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      // After the program's name, which may have any character in it.
      const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent), state }];
    } catch {
      return [];
    }
  });
}

function fromPs(): Line[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,state='], { encoding: 'utf8' });
  return stdout.split('\n').map((line) => {
    const [pid, parent, state = 'X'] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state };
  });
}
