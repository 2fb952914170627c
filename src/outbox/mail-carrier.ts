import type { Transporter } from 'nodemailer';
import { epochMsOf } from '#core/instant.ts';
import { lazyModule } from '#core/lazily.ts';
import type { Clock } from '#core/ports.ts';
import { type Carrier, type Outgoing, Refusal } from './carrier.ts';
import type { Sender, SmtpSettings } from './smtp-settings.ts';

const nodemailer = lazyModule<typeof import('nodemailer')>('nodemailer');

/** Hands mail in at an SMTP server, over a connection for each. */
export class MailCarrier implements Carrier {
  readonly #transport: Transporter;
  readonly #from: Sender;
  readonly #clock: Clock;

  constructor({ host, port, security, credentials, ca }: SmtpSettings, from: Sender, clock: Clock) {
    this.#from = from;
    this.#clock = clock;
    this.#transport = nodemailer().createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ...(credentials && { auth: { user: credentials.user, pass: credentials.password } }),
      ...(ca === undefined ? {} : { tls: { ca } }),
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      dnsTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async deliver({ id, to, text }: Outgoing, signal: AbortSignal): Promise<void> {
    const { address } = this.#from;
    try {
      await this.#transport.sendMail({
        // It is written into.
        from: { ...this.#from },
        to: { name: '', address: to },
        envelope: { from: address, to: [to] },
        messageId: `<${id}@${address.slice(address.lastIndexOf('@') + 1)}>`,
        date: new Date(epochMsOf(this.#clock.now())),
        headers: { 'Auto-Submitted': 'auto-generated' },
        subject: text.subject,
        text: text.text,
        html: text.html,
        signal,
      });
    } catch (error) {
      throw isFinal(error) ? new Refusal((error as Error).message, { cause: error }) : error;
    }
  }
}

/** What nodemailer says of an error, besides its message. */
interface SmtpFault {
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * The server has refused the sender, the recipient or the text for good, or the address cannot be written in SMTP. What
 * it says of the connection and of our credentials (530 to 538, RFC 4954) is not about the message.
 */
function isFinal(error: unknown): boolean {
  const { code, responseCode } = error as SmtpFault;
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false;
  if (responseCode === undefined) return code === 'EENVELOPE';
  return responseCode >= 500 && !(responseCode >= 530 && responseCode <= 538);
}
