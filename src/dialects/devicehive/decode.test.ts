import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#core/json.ts';
import type { Fields } from '#core/patch.ts';
import type { User } from '#core/user.ts';
import { decodeInsert, decodeUpdate, readUser, readUserId, refuseAdministration } from './decode.ts';
import { encodeUser } from './encode.ts';
import { Refusal } from './errors.ts';

function userWith(fields: Fields): User {
  return {
    key: 5,
    realm: 1,
    kind: 'human',
    ids: { devicehive: '7' },
    version: 1,
    digest: '',
    createdAt: '2026-11-21T10:00:00.000Z',
    changedAt: '2026-11-21T10:00:00.000Z',
    fields: { username: 'minnie', lifecycle: 'active', ...fields },
    activity: { failedAttempts: 0 },
  };
}

const at = '2026-11-21T10:00:00.000Z';
const minnie = userWith({});
const update = (user: JsonObject, present = minnie, administrator = true) => {
  const members = readUser({ user });
  if (!administrator) refuseAdministration(members);
  return decodeUpdate(members, present);
};
const insert = (user: JsonObject) => decodeInsert(readUser({ user }), 1);
const nothing = { patch: {} };

/** What is told of the input. */
function refusal(decode: () => unknown): [number, string] {
  try {
    decode();
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.message];
    throw error;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

test('absent keeps, null keeps, but null clears data', () => {
  assert.deepEqual(update({}), nothing);
  assert.deepEqual(update({ login: null, role: null, status: null, password: null, introReviewed: null }), nothing);
  assert.deepEqual(update({ password: '' }), nothing);
  assert.deepEqual(update({ data: null }), { patch: { data: null } });
});

test('every member becomes what the directory knows', () => {
  const members = {
    login: ' mouse@club ',
    role: 0,
    status: 1,
    password: 'secret',
    data: { a: 1 },
    introReviewed: true,
  };
  assert.deepEqual(update(members), {
    loginName: { dialect: 'devicehive', name: 'mouse@club' },
    administers: { devicehive: true },
    state: { locked: true, disabled: false },
    password: {
      set: { plain: 'secret' },
      byUserItself: true,
      rules: { minLength: 6, maxLength: 128 },
      lockAfterAttempts: 10,
    },
    patch: { data: { a: 1 }, 'extensions.devicehive.introReviewed': true },
  });
});

test('unknown and read-only members are ignored, whatever they are', () => {
  const extras = { id: 'x', lastLogin: 5, networks: null, allDeviceTypesAvailable: false, oldPassword: [], more: {} };
  assert.deepEqual(update(extras, minnie, false), nothing);
});

test('status says what is locked and what is disabled', () => {
  assert.deepEqual(update({ status: 2 }).state, { disabled: true });
  assert.deepEqual(update({ status: 0 }, userWith({ lockedAt: at, disabledAt: at })).state, {
    locked: false,
    disabled: false,
  });
  assert.deepEqual(update({ status: 1 }, userWith({ disabledAt: at })).state, { locked: true, disabled: false });
});

test('the whole form that is shown changes nothing, whatever is shown', () => {
  const states: Fields[] = [
    {},
    { lifecycle: 'initial' },
    { lifecycle: 'initial', lockedAt: at },
    { lockedAt: at },
    { disabledAt: at },
    { disabledAt: at, lockedAt: at },
    { administers: ['devicehive'] },
    { administers: ['directory'] },
    { owner: true },
    { username: ' A b!', 'loginNames.accela': 'other' },
    { username: 'minnie', 'loginNames.devicehive': 'é' },
    { data: { a: [null] }, 'extensions.devicehive.introReviewed': true },
  ];
  for (const fields of states) {
    const present = userWith(fields);
    const shown = encodeUser(present);
    assert.deepEqual(update(shown, present), { patch: { data: fields.data ?? null } }, JSON.stringify(fields));
  }
});

test('a user-level account may not name login, role or status, even as they are', () => {
  for (const member of [{ login: 'minnie' }, { role: 1 }, { status: 0 }]) {
    const told = refusal(() => update(member, minnie, false));
    assert.deepEqual(told, [403, 'Admin permissions required for this action']);
  }
  const nulls = { login: null, role: null, status: null, data: {}, password: '123456', introReviewed: true };
  assert.deepEqual(Object.keys(update(nulls, minnie, false)).sort(), ['password', 'patch']);
});

test('the role of somebody who administers the whole directory cannot be taken away', () => {
  const text = 'This user administers the whole directory, so its role cannot be taken away here';
  assert.deepEqual(
    refusal(() => update({ role: 1 }, userWith({ owner: true }))),
    [403, text],
  );
  assert.deepEqual(
    refusal(() => update({ role: 1 }, userWith({ administers: ['directory'] }))),
    [403, text],
  );
  assert.deepEqual(update({ role: 1 }, userWith({ administers: ['devicehive'] })).administers, { devicehive: false });
});

test('values of the wrong type are malformed, and data has a text of its own', () => {
  const wrong = [{ login: [] }, { role: 'admin' }, { role: 1.5 }, { status: {} }, { password: true }];
  for (const user of [...wrong, { introReviewed: 'yes' }, { introReviewed: 1 }]) {
    assert.deepEqual(
      refusal(() => update(user as JsonObject)),
      [400, 'Malformed Json received.'],
    );
  }
  for (const data of [[], 'x', 1, false]) {
    assert.deepEqual(
      refusal(() => update({ data })),
      [400, "'parameters' must be JSON Object!"],
    );
  }
  assert.deepEqual(
    refusal(() => readUser({ user: [] })),
    [400, 'Malformed Json received.'],
  );
  assert.deepEqual(
    refusal(() => readUser({})),
    [400, 'User is required'],
  );
  assert.deepEqual(
    refusal(() => readUser({ user: null })),
    [400, 'User is required'],
  );
});

test('a userId is a whole number', () => {
  assert.equal(readUserId({ userId: 7 }), 7);
  assert.equal(readUserId({ userId: '7' }), 7);
  assert.deepEqual(
    refusal(() => readUserId({})),
    [400, 'User id is wrong or empty'],
  );
  assert.deepEqual(
    refusal(() => readUserId({ userId: null })),
    [400, 'User id is wrong or empty'],
  );
  for (const userId of ['x', 1.5, {}, true, '']) {
    assert.deepEqual(
      refusal(() => readUserId({ userId })),
      [400, 'Malformed Json received.'],
    );
  }
});

test('passwords have 6 to 128 symbols and no line break', () => {
  const text = 'Password can contain only from 6 to 128 symbols!';
  for (const password of ['12345', 'x'.repeat(129), '123\n456', '123\r456', '123\u0085456', '123\u2028456', 12345]) {
    assert.deepEqual(
      refusal(() => update({ password })),
      [400, text],
      JSON.stringify(password),
    );
  }
  for (const password of ['123456', 'x'.repeat(128), 123456, '🐭'.repeat(6)]) {
    assert.deepEqual(update({ password }).password?.set, { plain: String(password) });
  }
});

const opening = 'Error! Make sure, that the passed object is correct and properly structured. Validation failed: \n';
const length = 'Field cannot be empty. The length of login should be from 3 to 128 symbols.';
const spelling = 'Login can contain only lowercase or uppercase letters, numbers, and some special symbols (_@.)';

test('a new login, role or status out of bounds is 400', () => {
  assert.deepEqual(
    refusal(() => update({ login: 'ab' })),
    [400, length],
  );
  assert.deepEqual(
    refusal(() => update({ login: 'x'.repeat(129) })),
    [400, length],
  );
  assert.deepEqual(
    refusal(() => update({ login: 'min nie' })),
    [400, spelling],
  );
  assert.deepEqual(
    refusal(() => update({ login: 'é' })),
    [400, length + spelling],
  );
  const bounds: [JsonObject, string][] = [
    [{ role: 2 }, 'On property role (value: 2): The value of role should not be more than 1. ; '],
    [{ role: -1 }, 'On property role (value: -1): The value of role should not be less than 0. ; '],
    [{ status: 3 }, 'On property status (value: 3): The value of status should not be more than 2. ; '],
    [{ status: -1 }, 'On property status (value: -1): The value of status should not be less than 0. ; '],
  ];
  for (const [user, text] of bounds)
    assert.deepEqual(
      refusal(() => update(user)),
      [400, opening + text],
    );
});

const fresh = { login: 'minnie', role: 1, password: 'secret' };

test('a new user needs a login, a role and a password', () => {
  const noLogin = 'On property login (value: null): login field cannot be null. ; ';
  assert.deepEqual(
    refusal(() => insert({ ...fresh, login: null })),
    [400, opening + noLogin],
  );
  assert.deepEqual(
    refusal(() => insert({ ...fresh, role: null })),
    [400, 'User role is invalid or empty'],
  );
  const password = 'Password can contain only from 6 to 128 symbols!';
  assert.deepEqual(
    refusal(() => insert({ ...fresh, password: null })),
    [400, password],
  );
  assert.deepEqual(
    refusal(() => insert({ ...fresh, password: '12345' })),
    [400, password],
  );
  assert.deepEqual(
    refusal(() => insert({ ...fresh, login: 'ab' })),
    [400, length],
  );
});

test('everything of a new user that is out of bounds is told at once, but not the password', () => {
  const user = { login: '', role: 5, status: 9, password: 'p'.repeat(129) };
  const text = [
    'On property login (value: ): ',
    'Field login cannot be empty. The length of login should not be more than 128 symbols. ; ',
    'On property role (value: 5): The value of role should not be more than 1. ; ',
    'On property status (value: 9): The value of status should not be more than 2. ; ',
    'On property password (value: ******): The length of password should not be more than 128 symbols. ; ',
  ];
  assert.deepEqual(
    refusal(() => insert(user)),
    [400, opening + text.join('')],
  );
});

test('a new user has what was sent, and the rest by default', () => {
  const password = insert(fresh).password;
  assert.deepEqual(insert(fresh), { realm: 1, kind: 'human', patch: { username: 'minnie' }, password });
  const whole = {
    ...fresh,
    login: ' minnie ',
    role: 0,
    status: 2,
    data: { a: 1 },
    introReviewed: true,
    allDeviceTypesAvailable: false,
  };
  assert.deepEqual(insert(whole), {
    realm: 1,
    kind: 'human',
    patch: {
      username: 'minnie',
      data: { a: 1 },
      'extensions.devicehive.introReviewed': true,
      'extensions.devicehive.allDeviceTypesAvailable': false,
    },
    password,
    administers: { devicehive: true },
    state: { disabled: true },
  });
});
