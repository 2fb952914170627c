import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

// What the whole process runs with: imported before anything else.

// V8 moves what often outlives a collection to where only full ones look. Under load that is every request that waits
// for its commit: with it everything that its answer hangs on would stay until the next full collection.
setFlagsFromString('--no-allocation-site-pretenuring');

// Passwords are hashed in the same pool of threads in which the log is synced: for that there is always one more.
process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, availableParallelism() + 2));
