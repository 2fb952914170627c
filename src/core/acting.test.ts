import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestDirectory } from '#test/directory.ts';

const world = await openTestDirectory();
after(() => world.close());

test('a list tells how many there are on all pages, whichever of them it shows', async () => {
  const usernames = ['minnie', 'mickey', 'goofy', 'pluto'];
  for (const username of usernames) await world.create({ username });
  const filter = { op: 'text', path: 'username', method: 'contains', text: 'o', ignoreCase: false } as const;
  for (const [asked, all] of [
    [filter, ['goofy', 'pluto']],
    [{ op: 'not', filter: { op: 'name', name: 'nobody' } } as const, usernames],
  ] as const) {
    const before = (await world.system().count(asked)) - all.length;
    for (let offset = 0; offset <= all.length + 1; offset++) {
      for (let limit = 0; limit <= all.length + 1; limit++) {
        const { users, total } = await world.system().list(asked, { offset: offset + before, limit });
        const shown = users.map(({ fields }) => fields.username);
        assert.deepEqual(
          [shown, total],
          [all.slice(offset, offset + limit), all.length + before],
          `${offset} ${limit}`,
        );
      }
    }
    const [first] = (await world.system().list(asked, { offset: before, limit: 1 })).users;
    const behind = await world.system().list(asked, { offset: 0, limit: 10, ...(first && { after: first }) });
    assert.deepEqual([behind.users.length, behind.total], [all.length - 1, all.length + before]);
  }
});
