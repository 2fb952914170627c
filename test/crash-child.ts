import { allMetadata } from '#core/metadata-search.ts';
import { diff, type Fields } from '#core/patch.ts';
import type { User } from '#core/user.ts';
import { changing, creating, type UserUnit, userIn } from '#store/conformance/samples.ts';
import { parsePostgresUrl } from '#store/postgres/settings.ts';
import { openPostgresStore } from '#store/postgres/store.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';

// Changes users without end, each in a loop of its own, and prints every change once it is acknowledged.
const [url = '', users = '1'] = process.argv.slice(2);
const store = await (url.startsWith('sqlite:')
  ? openSqliteStore({ path: url.slice('sqlite:'.length) })
  : openPostgresStore({ settings: parsePostgresUrl(url) }));
process.stdout.write('open\n');

/** The next version of a user, whose metadata says which that is: both stand, or neither. */
async function next(user: User, fields: Fields): Promise<UserUnit> {
  const [before] = await allMetadata(store, user.key);
  const value = Buffer.from(`version ${user.version + 1}`).toString('base64');
  const metadata = { user: user.key, key: 'version', value, createdAt: user.createdAt, changedAt: user.changedAt };
  const changes = { ...diff(user.fields, fields), 'metadata.version': { before: before?.value ?? null, after: value } };
  return { ...changing(user, fields, { changes }), putMetadata: [metadata] };
}

async function changeWithoutEnd(key: number): Promise<void> {
  const { users } = await store.load({ users: [key] });
  let unit = users.size === 0 ? creating(key, {}, { zitadel: String(key) }) : await next(await userIn(store, key), {});
  for (;;) {
    const [outcome] = await store.apply([unit]);
    const { after } = unit.user;
    if (outcome === undefined || outcome === 'lost') throw new Error(`User ${key} was lost to nobody.`);
    process.stdout.write(`${key} ${after.version} ${after.digest} ${outcome.position}\n`);
    unit = await next(after, { username: `user${key}-${after.version % 3}`, 'profile.nickName': `${after.version}` });
  }
}

await Promise.all(Array.from({ length: Number(users) }, (_, index) => changeWithoutEnd(index + 1)));
