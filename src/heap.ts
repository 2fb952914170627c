import { setFlagsFromString } from 'node:v8';

// V8 moves what often outlives a collection to where only full ones look. Under load that is every request that waits
// for its commit: with it everything that its answer hangs on would stay until the next full collection.
setFlagsFromString('--no-allocation-site-pretenuring');
