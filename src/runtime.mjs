import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// What the whole process runs with: imported before anything else, and plain JavaScript, as what strips types takes 50 ms
// to load, and everything behind this is found stripped and compiled.

// What has been compiled is kept for the next start, which then takes a third less time; and no thread has to load what
// strips types, which is 10 MiB in each. Threads are told by the environment. Where nothing can be written, each start
// compiles anew.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '../node_modules/.cache/muster');

// Passwords are hashed in the same pool of threads in which the log is synced: for that there is always one more.
process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, availableParallelism() + 2));

// The young generation of the main thread and the arenas of malloc are laid out before any of this is read: a server
// begins once more, as the same process. 16 MiB hold the requests of some hundred connections; an arena for each of the
// threads would keep what none of them needs any more. Not on Windows, which cannot.
const young = '--max-semi-space-size=16';
if (process.argv[2] === 'serve' && process.platform !== 'win32' && !process.execArgv.includes(young)) {
  const args = [process.execPath, young, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, args, { MALLOC_ARENA_MAX: '2', ...process.env });
}

enableCompileCache(process.env['NODE_COMPILE_CACHE']);

// V8 moves what often outlives a collection to where only full ones look. Under load that is every request that waits
// for its commit: with it everything that its answer hangs on would stay until the next full collection.
setFlagsFromString('--no-allocation-site-pretenuring');

// With much memory in the machine V8 lets a heap grow to several times what is in use before it looks; here by half.
setFlagsFromString('--heap-growing-percent=50');

// In the other threads little lives at a time.
setFlagsFromString('--max-semi-space-size=4');
