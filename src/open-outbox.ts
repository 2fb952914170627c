import type { Channel } from '#core/message.ts';
import type { Clock } from '#core/ports.ts';
import type { RunningDirectory } from '#core/running-directory.ts';
import type { Carrier } from '#outbox/carrier.ts';
import { MailCarrier } from '#outbox/mail-carrier.ts';
import { Outbox, type OutboxPorts } from '#outbox/outbox.ts';
import { TextCarrier } from '#outbox/text-carrier.ts';
import type { Config } from './config.ts';

/** What delivers on each channel for which the configuration names somebody. */
export function carriersOf({ mail, texts }: Config, clock: Clock): ReadonlyMap<Channel, Carrier> {
  const carriers = new Map<Channel, Carrier>();
  if (mail) carriers.set('email', new MailCarrier(mail.smtp.reveal(), mail.from, clock));
  if (texts) carriers.set('text', new TextCarrier(texts.reveal(), clock));
  return carriers;
}

/** Starts to deliver what waits, and what is committed from now on. */
export function startOutbox(
  carriers: ReadonlyMap<Channel, Carrier>,
  directory: RunningDirectory,
  ports: OutboxPorts,
): Outbox {
  const outbox = new Outbox(ports, carriers);
  directory.onCommit(({ messages }) => {
    if (messages) outbox.wake();
  });
  outbox.start();
  return outbox;
}
