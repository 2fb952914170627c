import { verifyChanges } from '#core/change.ts';
import { recordedMetadata } from '#core/metadata.ts';
import { allMetadata } from '#core/metadata-search.ts';
import type { User } from '#core/user.ts';
import type { Muster } from '#muster/compose.ts';

const page = 1000;

/** What is wrong with what is stored: every history verifies, and every dialect can show every user. */
export async function verifyDirectory({ store, directory, dialects }: Muster): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let offset = 0; ; offset += page) {
    const { users, hasMore } = await store.find({ op: 'all' }, { offset, limit: page });
    for (const user of users) {
      const metadata = recordedMetadata(await allMetadata(store, user.key));
      const verdict = verifyChanges({ ...user, metadata }, await store.changesOf('user', user.key));
      if (!verdict.ok) wrong.push(`user ${user.key}: ${verdict.why} (version ${verdict.version})`);
      const realm = await directory.realm(user.realm);
      for (const dialect of dialects) wrong.push(...faultsIn(user, () => dialect.show(user, realm, dialects)));
    }
    if (!hasMore) return wrong;
  }
}

function faultsIn(user: User, show: () => unknown): string[] {
  try {
    JSON.stringify(show());
    return [];
  } catch (error) {
    return [`user ${user.key} cannot be shown: ${(error as Error).stack}`];
  }
}
