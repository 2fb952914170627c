import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserService } from './descriptors.ts';
import { jsonReader } from './json.ts';
import { queryReader } from './query.ts';

function readerOf(rpc: keyof typeof UserService.method): (query: object) => object {
  const { input } = UserService.method[rpc];
  const [read, readQuery] = [jsonReader(input), queryReader(input)];
  return (query) => {
    const { $typeName: _, ...members } = read(readQuery(query));
    return members;
  };
}

test('members are named as in JSON or as in the proto file, and unknown ones are ignored', () => {
  const read = readerOf('removeU2F');
  assert.deepEqual(read({ userId: '1', u2f_id: '2', other: '3', 'userId.x': '4' }), { userId: '1', u2fId: '2' });
  assert.deepEqual(read({}), { userId: '', u2fId: '' });
});

test('a list has an item for each time that its name comes, under either name', () => {
  const read = readerOf('deleteUserMetadata');
  assert.deepEqual(read({ keys: 'one' }), { userId: '', keys: ['one'] });
  assert.deepEqual(read({ keys: ['one', 'two'], user_id: '1' }), { userId: '1', keys: ['one', 'two'] });
  const factors = readerOf('listAuthenticationFactors')({ states: ['AUTH_FACTOR_STATE_READY', '1'] });
  assert.deepEqual(factors, { userId: '', authFactors: [], states: [2, 1] });
});

test('of any other member the last value counts', () => {
  assert.deepEqual(readerOf('getUserByID')({ userId: ['1', '2'] }), { userId: '2' });
});

test('a member of a message inside stands behind a dot; true, false and whole numbers are read as such', () => {
  const read = readerOf('listAuthenticationMethodTypes');
  const sent = { 'domainQuery.include_without_domain': 'true', 'domain_query.domain': 'x' };
  const { domainQuery } = read(sent) as { domainQuery: { includeWithoutDomain: boolean; domain: string } };
  assert.deepEqual([domainQuery.includeWithoutDomain, domainQuery.domain], [true, 'x']);
  const listed = readerOf('listUsers')({ 'query.limit': '7', 'query.asc': 'false', sortingColumn: '6' });
  const { query, sortingColumn } = listed as { query: { limit: number; asc: boolean }; sortingColumn: number };
  assert.deepEqual([query.limit, query.asc, sortingColumn], [7, false, 6]);
});

test('a value of a wrong type is refused', () => {
  const twice = { domainQuery: 'x', 'domainQuery.domain': 'y' };
  assert.throws(() => readerOf('listAuthenticationMethodTypes')(twice), /domainQuery must be a JSON object/);
  assert.throws(() => readerOf('listUsers')({ 'query.limit': '-1' }), /query\.limit must be a whole number/);
  assert.throws(() => readerOf('listUsers')({ 'query.asc': 'yes' }), /query\.asc must be true or false/);
});
