import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { makeCertificate } from '#test/certificate.ts';
import { type MailServer, smtpError, startMailServer } from '#test/mail-server.ts';
import { openTestOutbox } from './test-outbox.ts';

const certificate = makeCertificate('mail');
const code = /\b[A-Z0-9]{6}\b/;

async function mailTo(context: TestContext, server: MailServer) {
  return await openTestOutbox(context, { smtp: { port: server.port } });
}

test('a mail is delivered once, with its code, and what was sealed is wiped', async (context) => {
  const server = await startMailServer(context);
  const world = await mailTo(context, server);
  await world.ask(await world.person('minnie'), 'email', 'https://example.com/?c=');
  const [before] = await world.messages();
  await world.deliver();
  await world.deliver();
  assert.equal(server.mails.length, 1);
  const [mail] = server.mails;
  assert.deepEqual([mail?.from, mail?.to], ['no-reply@example.com', ['minnie@mouse.com']]);
  const [given = ''] = code.exec(mail?.text ?? '') ?? [];
  assert.match(
    mail?.text ?? '',
    new RegExp(`Hello minnie,[^]*is ${given}\\.[^]*https://example\\.com/\\?c=${given}\n`),
  );
  assert.match(
    mail?.html ?? '',
    new RegExp(`<strong>${given}</strong>[^]*<a href="https://example\\.com/\\?c=${given}">`),
  );
  const headers = ['from', 'to', 'subject', 'message-id', 'date', 'auto-submitted'].map((name) =>
    mail?.headers.get(name),
  );
  const [from, to, subject, id, date, auto] = headers;
  assert.deepEqual(
    [from, to, subject],
    ['Muster <no-reply@example.com>', 'minnie@mouse.com', 'Confirm your mail address'],
  );
  assert.deepEqual([id, date], [`<${before?.id}@example.com>`, 'Sat, 21 Nov 2026 10:00:00 +0000']);
  assert.equal(auto, 'auto-generated');
  const [after] = await world.messages();
  assert.deepEqual([after?.state, after?.attempts, after?.sealed], ['delivered', 1, '']);
  assert.deepEqual(world.outbox.counts, { delivered: 1, failed: 0 });
});

test('each gets it in the language of its profile, or of its realm', async (context) => {
  const server = await startMailServer(context);
  const world = await mailTo(context, server);
  const subjects = new Map([
    ['de-CH', 'Bestätigen Sie Ihre E-Mail-Adresse'],
    ['fr', 'Confirmez votre adresse e-mail'],
    ['it', 'Conferma il tuo indirizzo e-mail'],
    ['es', 'Confirme su dirección de correo'],
    ['ja', 'Confirm your mail address'],
  ]);
  for (const language of subjects.keys()) {
    await world.ask(await world.person(language.toLowerCase(), { 'profile.language': language }), 'email');
  }
  await world.ask(await world.person('en'), 'email');
  await world.deliver();
  const got = new Map(server.mails.map(({ to, headers }) => [to[0]?.split('@')[0], headers.get('subject')]));
  for (const [language, subject] of subjects) assert.equal(got.get(language.toLowerCase()), subject);
  assert.equal(got.get('en'), 'Confirm your mail address');
});

test('it goes over STARTTLS, and the password only then', async (context) => {
  const users: string[] = [];
  const server = await startMailServer(context, {
    cert: certificate.cert,
    key: certificate.key,
    authOptional: false,
    onAuth: ({ username = '', password }, _, callback) => {
      users.push(`${username} ${password}`);
      callback(null, { user: username });
    },
  });
  const credentials = { user: 'me', password: 'p@ss' };
  const smtp = {
    host: 'localhost',
    port: server.port,
    security: 'starttls' as const,
    credentials,
    ca: certificate.cert,
  };
  const world = await openTestOutbox(context, { smtp });
  await world.ask(await world.person('minnie'), 'email');
  await world.deliver();
  assert.deepEqual(users, ['me p@ss']);
  assert.deepEqual([server.mails[0]?.isSecure, server.mails[0]?.user], [true, 'me']);
});

test('it goes over TLS from the start', async (context) => {
  const server = await startMailServer(context, { secure: true, cert: certificate.cert, key: certificate.key });
  const smtp = { host: 'localhost', port: server.port, security: 'tls' as const, ca: certificate.cert };
  const world = await openTestOutbox(context, { smtp });
  await world.ask(await world.person('minnie'), 'email');
  await world.deliver();
  assert.equal(server.mails[0]?.isSecure, true);
});

test('nothing goes to a server that offers no STARTTLS, or that nobody vouches for', async (context) => {
  const plain = await startMailServer(context);
  const unknown = await startMailServer(context, { cert: certificate.cert, key: certificate.key });
  for (const { port, mails } of [plain, unknown]) {
    const world = await openTestOutbox(context, { smtp: { host: 'localhost', port, security: 'starttls' } });
    await world.ask(await world.person('minnie'), 'email');
    await world.deliver();
    const [message] = await world.messages();
    assert.deepEqual([message?.state, message?.attempts, mails.length], ['waiting', 1, 0]);
    assert.match(message?.lastError ?? '', /TLS|certificate/i);
  }
});

test('a recipient that is refused for good fails at once, with the reason', async (context) => {
  const server = await startMailServer(context, {
    onRcptTo: (_, __, callback) => callback(smtpError(550, 'No such user here')),
  });
  const world = await mailTo(context, server);
  await world.ask(await world.person('minnie'), 'email');
  await world.deliver();
  const [message] = await world.messages();
  assert.deepEqual([message?.state, message?.sealed, message?.attempts], ['failed', '', 1]);
  assert.match(message?.lastError ?? '', /550 No such user here/);
  assert.deepEqual(world.outbox.counts, { delivered: 0, failed: 1 });
  assert.match(JSON.stringify(world.logged), /a message has been given up.*550 No such user here/);
});

test('one that is refused for now, and credentials that are wrong, wait', async (context) => {
  const busy = await startMailServer(context, {
    onRcptTo: (_, __, callback) => callback(smtpError(451, 'Greylisted')),
  });
  const strict = await startMailServer(context, {
    cert: certificate.cert,
    key: certificate.key,
    onAuth: (_, __, callback) => callback(smtpError(535, 'Wrong password')),
  });
  const credentials = { user: 'me', password: 'hush!' };
  const signingIn = { host: 'localhost', port: strict.port, credentials, ca: certificate.cert };
  for (const smtp of [{ port: busy.port }, signingIn]) {
    const world = await openTestOutbox(context, { smtp });
    await world.ask(await world.person('minnie'), 'email');
    await world.deliver();
    const [message] = await world.messages();
    assert.equal(message?.state, 'waiting');
    assert.match(message?.lastError ?? '', /451|535/);
    assert.notEqual(message?.sealed, '');
    assert.doesNotMatch(JSON.stringify([world.logged, message?.lastError]), /hush!/);
  }
});

test('what a server repeats of the code is not kept', async (context) => {
  const said: string[] = [];
  const server = await startMailServer(context, {
    onData: (stream, _, callback) => {
      let raw = '';
      stream.on('data', (chunk) => {
        raw += chunk;
      });
      stream.on('end', () => {
        const [given = ''] = /(?<=is )[A-Z0-9]{6}/.exec(raw) ?? [];
        said.push(given);
        callback(smtpError(554, `I do not like ${given}`));
      });
    },
  });
  const world = await mailTo(context, server);
  await world.ask(await world.person('minnie'), 'email');
  await world.deliver();
  const [message] = await world.messages();
  assert.match(said[0] ?? '', code);
  assert.match(message?.lastError ?? '', /554 I do not like \*{6}/);
  assert.ok(!JSON.stringify(world.logged).includes(said[0] ?? ''));
});

test('a server that takes the connection and never answers is left after a while', async (context) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  context.after(() => silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const world = await openTestOutbox(context, { smtp: { port }, timeMs: 200 });
  await world.ask(await world.person('minnie'), 'email');
  await world.deliver();
  const [message] = await world.messages();
  assert.deepEqual([message?.state, message?.attempts], ['waiting', 1]);
  assert.notEqual(message?.lastError, undefined);
});

test('a name is text, whatever it holds', async (context) => {
  const server = await startMailServer(context);
  const world = await mailTo(context, server);
  const names = [
    '<script>alert(1)</script>',
    '"Eve" <eve@example.com>, bob@example.com',
    '=?utf-8?q?=0D=0ABcc:_eve@x.test?=',
    '🐭 é',
  ];
  for (const [index, name] of names.entries()) {
    await world.ask(await world.person(`user${index}`, { 'profile.displayName': name }), 'email');
  }
  await world.deliver();
  assert.equal(server.mails.length, names.length);
  for (const [index, name] of names.entries()) {
    const mail = server.mails.find(({ to }) => to[0] === `user${index}@mouse.com`);
    assert.deepEqual(mail?.to, [`user${index}@mouse.com`]);
    assert.ok(mail.text.startsWith(`Hello ${name},\n`), mail.text);
    assert.doesNotMatch(mail.html, /<script|<eve/);
    assert.deepEqual(
      [...mail.headers.keys()].filter((field) => /cc|script/.test(field)),
      [],
    );
    assert.doesNotMatch(JSON.stringify([...mail.headers]), /eve@|script/);
  }
});

test('an address is one mailbox, whatever it holds', async (context) => {
  const server = await startMailServer(context);
  const world = await mailTo(context, server);
  const addresses = ["o'hara+{x}|`eve`=?utf-8?q?x?=@mouse.com", 'minnie@jõgeva.ee', 'jõgeva@mouse.com'];
  for (const [index, address] of addresses.entries()) {
    await world.create({ username: `user${index}`, email: { address, code: { deliver: 'send' } } });
  }
  await world.deliver();
  assert.deepEqual(new Set(server.mails.flatMap(({ to }) => to)), new Set(addresses));
  assert.equal(server.mails.length, 3);
});
