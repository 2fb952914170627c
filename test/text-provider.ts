import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** A request to deliver a text message, as it came. */
export interface ReceivedText {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A provider of text messages, over HTTP. */
export interface TextServer {
  readonly url: string;
  readonly requests: ReceivedText[];
}

/** Starts a provider that answers with these statuses, one after the other, then 200; with 0 it answers never. */
export async function startTextProvider(context: TestContext, statuses: readonly number[] = []): Promise<TextServer> {
  const requests: ReceivedText[] = [];
  const left = [...statuses];
  const server = createServer(async (request, response) => {
    requests.push({ method: request.method, path: request.url, headers: request.headers, body: await text(request) });
    const status = left.shift() ?? 200;
    if (status !== 0) response.writeHead(status, { location: '/elsewhere' }).end('{"said":"something"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`, requests };
}
