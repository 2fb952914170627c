import { parentPort, workerData } from 'node:worker_threads';
import { answerWrites } from './writing.ts';

if (parentPort) answerWrites(parentPort, workerData);
