import { openSqliteStore } from '#store/sqlite/store.ts';

// Opens a database, and prints that it is open or why it cannot be.
try {
  const store = await openSqliteStore({ path: process.argv[2] ?? '' });
  process.stdout.write('open');
  await store.close();
} catch (error) {
  process.stdout.write(String(error));
}
