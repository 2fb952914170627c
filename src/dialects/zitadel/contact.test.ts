import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemActor } from '#core/actor.ts';
import type { UserInput } from '#core/commands/user-input.ts';
import { type Client, startClient } from './test-client.ts';

const contacts = [
  { name: 'email', code: 'emailCode', old: 'old@mouse.com', fresh: 'mini@mouse.com', shown: 'mini@mouse.com' },
  { name: 'phone', code: 'phoneCode', old: '+41791234567', fresh: '079 765 43 21', shown: '+41797654321' },
] as const;
type Contact = (typeof contacts)[number];

function seedWith({ name, old }: Contact, verified: boolean): UserInput {
  const more = verified ? { verified } : {};
  if (name === 'email') return { email: { address: old, ...more } };
  return { phone: { number: old, entered: '079 123 45 67', sameBy: 'number', ...more } };
}

interface Row {
  readonly says: string;
  readonly verification: object;
  readonly wasVerified?: boolean;
  readonly isVerified: boolean;
  readonly answersCode?: boolean;
  readonly sendsMessage?: boolean;
}

const whenItDiffers: Row[] = [
  { says: 'isVerified true', verification: { isVerified: true }, isVerified: true },
  { says: 'returnCode', verification: { returnCode: {} }, isVerified: false, answersCode: true },
  { says: 'sendCode', verification: { sendCode: {} }, isVerified: false, sendsMessage: true },
  { says: 'nothing', verification: {}, isVerified: false, sendsMessage: true },
];

const whenItIsTheSame: (Row & { readonly changes: boolean })[] = [
  { says: 'isVerified true', verification: { isVerified: true }, isVerified: true, changes: true },
  {
    says: 'isVerified true, being verified',
    verification: { isVerified: true },
    wasVerified: true,
    isVerified: true,
    changes: false,
  },
  { says: 'returnCode', verification: { returnCode: {} }, isVerified: false, changes: false },
  { says: 'sendCode', verification: { sendCode: {} }, isVerified: false, changes: false },
  { says: 'nothing', verification: {}, isVerified: false, changes: false },
  { says: 'nothing, being verified', verification: {}, wasVerified: true, isVerified: true, changes: false },
];

async function put(client: Client, contact: Contact, value: string, row: Row) {
  const id = await client.seed(seedWith(contact, row.wasVerified ?? false));
  const before = await client.read(id);
  const messages = await client.messages();
  const reply = await client.put(id, { [contact.name]: { [contact.name]: value, ...row.verification } });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  const after = await client.read(id);
  return { reply, before, after, sent: (await client.messages()) - messages };
}

for (const contact of contacts) {
  test(`another ${contact.name}`, async (t: TestContext) => {
    const client = await startClient(t);
    for (const row of [...whenItDiffers, { ...(whenItDiffers[3] as Row), wasVerified: true }]) {
      await t.test(row.says, async () => {
        const { reply, after, sent } = await put(client, contact, contact.fresh, row);
        const { [contact.name]: value, isVerified = false } = after.human[contact.name];
        assert.deepEqual([value, isVerified, sent], [contact.shown, row.isVerified, row.sendsMessage ? 1 : 0]);
        assert.equal(reply.body.details.sequence, '2');
        if (row.answersCode) assert.match(reply.body[contact.code], /^[A-Z0-9]{6}$/);
        else assert.equal(Object.hasOwn(reply.body, contact.code), false);
      });
    }
  });

  test(`the same ${contact.name}`, async (t: TestContext) => {
    const client = await startClient(t);
    for (const row of whenItIsTheSame) {
      await t.test(row.says, async () => {
        const { reply, before, after, sent } = await put(client, contact, contact.old, row);
        const { [contact.name]: value, isVerified = false } = after.human[contact.name];
        assert.deepEqual([value, isVerified, sent], [contact.old, row.isVerified, 0]);
        assert.deepEqual(Object.keys(reply.body), ['details']);
        if (row.changes) assert.equal(reply.body.details.sequence, '2');
        else assert.deepEqual(reply.body.details, before.details);
      });
    }
  });
}

test('isVerified false of a mail address is as if it were left out', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ email: { address: 'old@mouse.com', verified: true } });
  assert.equal((await client.put(id, { email: { email: 'mini@mouse.com', isVerified: false } })).status, 200);
  assert.deepEqual((await client.read(id)).human.email, { email: 'mini@mouse.com' });
  assert.equal(await client.messages(), 1);
  const refused = await client.put(id, { phone: { phone: '+41791234567', isVerified: false } });
  assert.match(refused.body.message, /SetHumanPhone\.IsVerified: value must equal true$/);
});

test('another spelling of the present number is no change', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number' } });
  const { body } = await client.put(id, { phone: { phone: '0041 79 123 45 67' } });
  assert.equal(body.details.sequence, '1');
});

test('an empty phone is ignored, but verifies the present one', async (t) => {
  const client = await startClient(t);
  const id = await client.seed({ phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number' } });
  assert.equal((await client.put(id, { phone: {} })).body.details.sequence, '1');
  assert.equal((await client.put(id, { phone: { phone: '', returnCode: {} } })).body.details.sequence, '1');
  assert.equal((await client.put(id, { phone: { phone: '', isVerified: true } })).body.details.sequence, '2');
  assert.deepEqual((await client.read(id)).human.phone, { phone: '+41791234567', isVerified: true });
  const without = await client.seed();
  assert.equal((await client.put(without, { phone: { isVerified: true } })).body.details.sequence, '1');
});

test('what is no address, number or link is refused by its id, before the user is looked for', async (t) => {
  const client = await startClient(t);
  const cases: [object, string][] = [
    [{ email: { email: 'Mini <mini@mouse.com>' } }, 'EMAIL-599GV'],
    [{ email: { email: '"mini mouse"@mouse.com' } }, 'EMAIL-599BI'],
    [{ phone: { phone: '12' } }, 'PHONE-so0wa'],
    [{ phone: { phone: '+41 79\t123 45 67' } }, 'PHONE-so0wa'],
    [{ phone: { phone: ' ' } }, 'PHONE-Zt0NV'],
    [{ email: { email: 'a@b.c', sendCode: { urlTemplate: '{{' } } }, 'DOMAIN-oGh5e'],
    [{ email: { email: 'a@b.c', sendCode: { urlTemplate: '{{.Password}}' } } }, 'DOMAIN-ieYa7'],
  ];
  for (const [body, id] of cases) {
    const reply = await client.put('404', body);
    assert.deepEqual([reply.status, reply.body.code, reply.errorId], [400, 3, id]);
  }
});

test('a sent code comes with the link of the template, for this user and organization', async (t) => {
  const client = await startClient(t);
  const id = await client.seed();
  const urlTemplate = 'https://example.com/?u={{.UserID}}&o={{ .OrgID }}&c={{.Code}}';
  await client.put(id, { email: { email: 'mini@mouse.com', sendCode: { urlTemplate } } });
  const owner = { ...systemActor, realm: 1 };
  const [message] = await client.server.directory.as(owner, { dialect: 'directory' }).messages(10);
  assert.equal(message?.to, 'mini@mouse.com');
  const link = new RegExp(`https://example\\.com/\\?u=${id}&o=1&c=(?<code>[A-Z0-9]{6})`).exec(message?.text ?? '');
  const verified = await client.send('POST', `/v2/users/${id}/email/verify`, { verificationCode: link?.groups?.code });
  assert.equal(verified.status, 200);
});
