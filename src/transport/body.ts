import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Makes the error that a dialect is told of when a body cannot be taken. */
export type RefuseBody = (
  reason: 'body_too_large' | 'body_malformed' | 'media_type_unsupported',
  message: string,
) => Error;

/** How much more than allowed is read and thrown away, so that the caller gets to read the refusal. */
const patience = 8;

/** Hands every body over as it came, as a Buffer, whatever its content type; an empty one is undefined. */
export function takeBodiesRaw(http: FastifyInstance, limit: number, refuse: RefuseBody): void {
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', (_request, payload, done) => {
    readBody(payload, limit, refuse).then((body) => done(null, body), done);
  });
  http.addHook('onRequest', (request, _reply, done) => {
    if (isMisnamed(request)) done(refuse('media_type_unsupported', 'Content-Type must be a media type.'));
    else done();
  });
}

// Fastify refuses these on its own, in a form of its own, after the hooks; a QUERY without a type among them.
function isMisnamed(request: FastifyRequest): boolean {
  if (request.method === 'QUERY' && request.headers['content-type'] === undefined) return true;
  return request.headers['content-type'] !== undefined && request.mediaType === undefined;
}

function readBody(payload: IncomingMessage, limit: number, refuse: RefuseBody): Promise<Buffer | undefined> {
  const tooLarge = () => refuse('body_too_large', `The body must have at most ${limit} bytes.`);
  const cutShort = () => refuse('body_malformed', 'The body was cut short.');
  return new Promise((resolve, reject) => {
    if (Number(payload.headers['content-length']) > limit * patience) return reject(tooLarge());
    const chunks: Buffer[] = [];
    let length = 0;
    payload.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else if (length > limit * patience) reject(tooLarge());
      else chunks.length = 0;
    });
    payload.on('end', () => {
      // HTTP/2 ends what its client has taken back.
      if (payload.aborted) reject(cutShort());
      else if (length > limit) reject(tooLarge());
      else resolve(length === 0 ? undefined : Buffer.concat(chunks, length));
    });
    payload.on('error', () => reject(cutShort()));
  });
}
