import { hash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A folder in which `npm start` finds what it finds in a clone whose packages are installed. It is removed after the
 * test, with the data that was written to it.
 */
export function checkout(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-checkout-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(join(root, name), join(folder, name));
  // Scripts find their checkout by where they are, so they are copied; what is linked is found where it really is.
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  symlinkSync(join(root, 'src'), join(folder, 'src'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.muster')) continue;
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  const lockfile = hash('sha256', readFileSync(join(folder, 'package-lock.json')), 'hex');
  writeFileSync(join(folder, 'node_modules', '.muster-lockfile'), lockfile);
  return folder;
}
