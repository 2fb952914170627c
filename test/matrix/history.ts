import assert from 'node:assert/strict';
import type { Change } from '#core/change.ts';
import type { Json } from '#core/json.ts';
import type { TestServer } from '#test/server.ts';
import type { Changes } from './model.ts';

/** What of a change a step knows before it is made. */
export interface Expected {
  /** The core's key of the user. */
  readonly key: number;
  readonly version: number;
  /** The digest of the user's change before; empty for the first. */
  readonly previous: string;
  readonly changes: Changes;
  readonly via: string;
  /** One of these. */
  readonly commands: readonly string[];
}

/** Reads the feed of a server's changes along with what is done to it, so that nothing comes in unseen. */
export class History {
  readonly #server: TestServer;
  /** Whose token the steps come with. */
  readonly #actor: Json;
  #position: string | undefined;

  constructor(server: TestServer, actor: Json) {
    this.#server = server;
    this.#actor = actor;
  }

  /** Passes over whatever has come in until now. */
  async catchUp(): Promise<void> {
    for (let news = await this.#news(); news.length > 0; news = await this.#news()) {
      this.#position = news.at(-1)?.position;
    }
  }

  async expectNothing(): Promise<void> {
    assert.deepEqual((await this.#news()).map(inShort), [], 'something was recorded');
  }

  /** Exactly this change has come in, behind all others; answers its digest. */
  async expect({ key, via, commands, ...more }: Expected): Promise<string> {
    const news = await this.#news();
    const [change] = news;
    assert.ok(news.length === 1 && change, `recorded were ${JSON.stringify(news.map(inShort))}`);
    const { position, valuesDigest, salt, digest, command, request, ...rest } = change;
    assert.deepEqual(rest, {
      schema: 1,
      realm: 1,
      subject: { kind: 'user', key },
      at: this.#server.clock.now(),
      actor: this.#actor,
      via,
      address: '127.0.0.1',
      ...more,
    });
    assert.ok(commands.includes(command) && request, `recorded was ${command} by the request ${request}`);
    this.#position = position;
    return digest;
  }

  /** The changes that nobody has looked at yet. */
  #news(): ReturnType<TestServer['store']['feed']> {
    return this.#server.store.feed(this.#position, 100);
  }
}

function inShort({ command, subject, version, via, changes }: Change): object {
  return { command, subject, version, via, changes };
}
