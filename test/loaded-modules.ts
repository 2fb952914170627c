import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { threadId } from 'node:worker_threads';

// Imported into a program before anything else: writes to the file LOADED_MODULES what each of its threads loads.

const write = (url: string): void => {
  appendFileSync(process.env['LOADED_MODULES'] ?? '', `${threadId} ${url}\n`);
};

registerHooks({
  load(url, context, next) {
    write(url);
    return next(url, context);
  },
});

process.on('exit', () => {
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  for (const name of moduleLoadList) write(name.replace('NativeModule internal/deps/undici/undici', 'undici'));
});
