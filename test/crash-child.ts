import { changing, creating, userIn } from '#store/conformance/samples.ts';
import { parsePostgresUrl } from '#store/postgres/settings.ts';
import { openPostgresStore } from '#store/postgres/store.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';

// Changes users without end, each in a loop of its own, and prints every change once it is acknowledged.
const [url = '', users = '1'] = process.argv.slice(2);
const store = await (url.startsWith('sqlite:')
  ? openSqliteStore({ path: url.slice('sqlite:'.length) })
  : openPostgresStore({ settings: parsePostgresUrl(url) }));
process.stdout.write('open\n');

async function changeWithoutEnd(key: number): Promise<void> {
  const { users } = await store.load({ users: [key] });
  let unit = users.size === 0 ? creating(key, {}, { zitadel: String(key) }) : changing(await userIn(store, key), {});
  for (;;) {
    const [outcome] = await store.apply([unit]);
    const { after } = unit.user;
    if (outcome === undefined || outcome === 'lost') throw new Error(`User ${key} was lost to nobody.`);
    process.stdout.write(`${key} ${after.version} ${after.digest} ${outcome.position}\n`);
    unit = changing(after, { username: `user${key}-${after.version % 3}`, 'profile.nickName': `${after.version}` });
  }
}

await Promise.all(Array.from({ length: Number(users) }, (_, index) => changeWithoutEnd(index + 1)));
