import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();
let removesAtExit = false;

/** A private folder that is gone when it is removed, or at the end of the process. */
export function makeTemporaryFolder(): string {
  if (!removesAtExit) process.once('exit', () => folders.forEach(removeFolder));
  removesAtExit = true;
  const folder = mkdtempSync(join(tmpdir(), 'muster-'));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}
