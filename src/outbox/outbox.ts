import type { Channel } from '#core/message.ts';
import type { Store } from '#core/ports.ts';
import type { Carrier } from './carrier.ts';
import { Lane, type LaneOptions, type LanePorts } from './lane.ts';

export interface OutboxPorts extends Omit<LanePorts, 'counts'> {
  readonly store: LanePorts['store'] & Pick<Store, 'countWaitingMessages'>;
}

export interface OutboxOptions extends LaneOptions {
  /** How often it looks for what is due again, or what a process that died has left. */
  readonly everyMs?: number;
}

/**
 * Delivers the messages that commits have written: each channel by itself, so that a mail server that never answers keeps
 * no text message waiting.
 */
export class Outbox {
  /** What has become of messages since the start. */
  readonly counts = { delivered: 0, failed: 0 };
  readonly #store: OutboxPorts['store'];
  readonly #lanes: readonly Lane[];
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;

  constructor(ports: OutboxPorts, carriers: ReadonlyMap<Channel, Carrier>, options: OutboxOptions = {}) {
    const { counts } = this;
    this.#store = ports.store;
    this.#lanes = [...carriers].map(([channel, carrier]) => new Lane(channel, carrier, { ...ports, counts }, options));
    this.#everyMs = options.everyMs ?? 5000;
  }

  /** Messages that wait in the store, on any channel; as it was last known while the store is away. */
  async waiting(): Promise<number> {
    this.#waiting = await this.#store.countWaitingMessages().catch(() => this.#waiting);
    return this.#waiting;
  }

  start(): void {
    if (this.#lanes.length === 0) return;
    this.#timer = setInterval(() => this.wake(), this.#everyMs).unref();
    this.wake();
  }

  /** There may be something to deliver. Costs nothing while it is being looked for. */
  wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  /** Resolves when nothing is being delivered. */
  async idle(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
  }

  /** Begins no more deliveries, and gives those under way a moment to end; what is left waits for the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#lanes.map((lane) => lane.stop()));
  }
}
