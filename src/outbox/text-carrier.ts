import { createHmac } from 'node:crypto';
import { epochMsOf } from '#core/instant.ts';
import type { Clock } from '#core/ports.ts';
import { type Carrier, type Outgoing, Refusal } from './carrier.ts';

/** Who delivers text messages. */
export interface TextProvider {
  readonly url: string;
  /** Signs each request. */
  readonly secret: string;
}

/** With these the provider has understood the request, and does not take it. */
const finalStatuses = [400, 410, 413, 422];

/**
 * Hands text messages to a provider: `POST {"id", "to", "text"}`, with the id as its `Idempotency-Key`. Any 2xx takes it
 * over. `Muster-Signature` is `v1=` and, in hexadecimal, the HMAC-SHA256 over `Muster-Timestamp` (seconds since 1970), a
 * dot, and the body as it was sent.
 */
export class TextCarrier implements Carrier {
  readonly #provider: TextProvider;
  readonly #clock: Clock;

  constructor(provider: TextProvider, clock: Clock) {
    this.#provider = provider;
    this.#clock = clock;
  }

  async deliver({ id, to, text }: Outgoing, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ id, to, text: text.short });
    const timestamp = String(Math.floor(epochMsOf(this.#clock.now()) / 1000));
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      'muster-timestamp': timestamp,
      'muster-signature': `v1=${signatureOf(this.#provider.secret, timestamp, body)}`,
    };
    const response = await fetch(this.#provider.url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await response.body?.cancel();
    if (response.ok) return;
    const said = `The provider answered ${response.status}.`;
    throw finalStatuses.includes(response.status) ? new Refusal(said) : new Error(said);
  }
}

function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}
