import type { MessageText } from '#core/policies/message-text.ts';

/** A message as it leaves. */
export interface Outgoing {
  /** The same for every attempt: who gets it twice knows it by this. */
  readonly id: string;
  /** The mail address or number. */
  readonly to: string;
  readonly text: MessageText;
}

/** Delivers messages on one channel. */
export interface Carrier {
  /**
   * Resolves when somebody else has taken the message over. Rejects with a Refusal when trying again is of no use, and
   * with any other error when it may be.
   */
  deliver(message: Outgoing, signal: AbortSignal): Promise<void>;
}

/** This message will not be taken, however often it is tried. The message is for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
