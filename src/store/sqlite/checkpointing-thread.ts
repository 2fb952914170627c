import { fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { answerQuestions } from './thread.ts';

const path = workerData as string;
const db = new DatabaseSync(path, { timeout: 2000 });
db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -64');
// To close it would take away every lock that this process has on the file: it lasts as long as this thread.
const file = openSync(path, 'r+');

if (parentPort) {
  answerQuestions(parentPort, {
    checkpoint: () => {
      db.exec('PRAGMA wal_checkpoint(PASSIVE)');
      // SQLite leaves it to whoever writes back the last page, who then would wait for all of them.
      fsyncSync(file);
    },
    close: () => db.close(),
  });
}
