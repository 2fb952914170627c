import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { answerQuestions } from './thread.ts';

const db = new DatabaseSync(workerData as string, { timeout: 2000 });
// As for the connection that writes: the log may be reused only once the database itself is on the disk.
db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -64');

if (parentPort) {
  answerQuestions(parentPort, {
    checkpoint: () => db.exec('PRAGMA wal_checkpoint(PASSIVE)'),
    close: () => db.close(),
  });
}
