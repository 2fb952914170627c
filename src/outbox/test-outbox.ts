import type { TestContext } from 'node:test';
import { requestCode } from '#core/commands/request-code.ts';
import type { Channel, Message } from '#core/message.ts';
import type { Log, Store } from '#core/ports.ts';
import type { User } from '#core/user.ts';
import { openTestDirectory, type TestDirectory } from '#test/directory.ts';
import type { Carrier } from './carrier.ts';
import { MailCarrier } from './mail-carrier.ts';
import { Outbox, type OutboxOptions, type OutboxPorts } from './outbox.ts';
import type { SmtpSettings } from './smtp-settings.ts';
import { TextCarrier } from './text-carrier.ts';

export const secret = 'a-secret-that-signs-texts';
export const sender = Object.freeze({ name: 'Muster', address: 'no-reply@example.com' });

/** A directory whose messages are delivered when the test says so. */
export interface TestOutbox extends TestDirectory {
  readonly outbox: Outbox;
  /** What has been logged: level, then all of it. */
  readonly logged: readonly [level: string, line: string][];
  /** A user with an address and a number, and nothing to be delivered. */
  person(username: string, patch?: Readonly<Record<string, string>>): Promise<User>;
  /** A code for the user's mail address, or number. */
  ask(user: User, code: 'email' | 'phone', url?: string): Promise<void>;
  /** Delivers what is due. */
  deliver(): Promise<void>;
  /** Oldest first. */
  messages(): Promise<readonly Message[]>;
}

export interface TestOutboxOptions extends OutboxOptions {
  readonly smtp?: Partial<SmtpSettings> & Pick<SmtpSettings, 'port'>;
  readonly texts?: string;
  readonly carrier?: Carrier;
  readonly store?: Store;
  readonly seed?: number;
}

export async function openTestOutbox(context: TestContext, options: TestOutboxOptions): Promise<TestOutbox> {
  const { store, seed } = options;
  const world = await openTestDirectory({ ...(store && { store }), ...(seed && { seed }) });
  const logged: [string, string][] = [];
  const note = (level: string) => (facts: object, text: string) =>
    void logged.push([level, `${text} ${JSON.stringify(facts)}`]);
  const log: Log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const outbox = outboxOver({ ...world, log }, options);
  context.after(async () => {
    await outbox.stop();
    await world.close();
  });
  const person = (username: string, patch: Readonly<Record<string, string>> = {}) =>
    world.create({
      username,
      patch: { 'profile.displayName': username, ...patch },
      email: { address: `${username}@mouse.com` },
      phone: { number: '+41791234567', entered: '079 123 45 67', sameBy: 'number' },
    });
  const ask = async ({ key }: User, code: 'email' | 'phone', url?: string) => {
    const link = url === undefined ? {} : { link: [url, { insert: 'code' }] as const };
    await world.system('zitadel').run(requestCode, { user: key, code, deliver: 'send', ...link });
  };
  const deliver = async () => {
    outbox.wake();
    await outbox.idle();
  };
  const messages = async () => (await world.store.messages(1, 1000)).toReversed();
  return { ...world, outbox, logged, person, ask, deliver, messages };
}

/** The outbox of one process, of which a directory may have several. */
export function outboxOver(ports: OutboxPorts, { smtp, texts, carrier, ...options }: TestOutboxOptions): Outbox {
  const carriers = new Map<Channel, Carrier>();
  const settings: SmtpSettings = { host: '127.0.0.1', security: 'optional', port: 0, ...smtp };
  if (smtp) carriers.set('email', new MailCarrier(settings, sender, ports.clock));
  if (texts) carriers.set('text', new TextCarrier({ url: texts, secret }, ports.clock));
  if (carrier) carriers.set('email', carrier);
  return new Outbox(ports, carriers, { graceMs: 100, ...options });
}
