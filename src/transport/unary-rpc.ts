import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Code, ConnectError } from '@connectrpc/connect';
import { compressedFlag, encodeEnvelope, encodeEnvelopes } from '@connectrpc/connect/protocol';
import * as connectProtocol from '@connectrpc/connect/protocol-connect';
import * as grpcProtocol from '@connectrpc/connect/protocol-grpc';
import * as grpcWebProtocol from '@connectrpc/connect/protocol-grpc-web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isStream } from './http2-sessions.ts';

/**
 * How one request and one answer travel, by one of the three protocols of remote procedure calls. connect-es knows what
 * stands in their headers, envelopes and trailers; its own handlers take ten times as long for a call, as they put
 * every one together from streams.
 */
export interface Carriage {
  /** Messages are in protobuf's binary form, and otherwise in its JSON. */
  readonly isBinary: boolean;
  /** How long the caller is going to wait. @throws ConnectError when it does not say so in a form that it may have */
  timeoutMs(request: FastifyRequest): number | undefined;
  /** Takes the message out of a body. Rejects with a ConnectError when there is not just one. */
  unwrap(request: FastifyRequest): Promise<Uint8Array> | Uint8Array;
  answer(reply: FastifyReply, message: Uint8Array): FastifyReply;
  refuse(reply: FastifyReply, error: ConnectError): FastifyReply;
}

/** The status of what is no such call: its media type is another's, or needs another version of HTTP. */
export type NoCarriage = 415 | 505;

export function carriageOf({ headers, raw }: FastifyRequest): Carriage | NoCarriage {
  const type = headers['content-type'] ?? null;
  const connect = connectProtocol.parseContentType(type);
  if (connect !== undefined) return connect.stream ? 415 : carriages.connect[Number(connect.binary) as 0 | 1];
  const grpc = grpcProtocol.parseContentType(type);
  if (grpc !== undefined) return isStream(raw) ? carriages.grpc[Number(grpc.binary) as 0 | 1] : 505;
  const web = grpcWebProtocol.parseContentType(type);
  return web === undefined || web.text ? 415 : carriages.grpcWeb[Number(web.binary) as 0 | 1];
}

/** Rejects with `deadline_exceeded` when the work takes longer; what it does meanwhile is done all the same. */
export async function within<Result>(timeoutMs: number | undefined, work: () => Promise<Result>): Promise<Result> {
  if (timeoutMs === undefined) return await work();
  const tooLate = new ConnectError('The deadline has passed.', Code.DeadlineExceeded);
  if (timeoutMs <= 0) throw tooLate;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooLate), timeoutMs);
  return await Promise.race([work(), promise]).finally(() => clearTimeout(timer));
}

function connectCarriage(isBinary: boolean): Carriage {
  const type = isBinary ? connectProtocol.contentTypeUnaryProto : connectProtocol.contentTypeUnaryJson;
  return {
    isBinary,
    timeoutMs: (request) => readTimeout(connectProtocol.parseTimeout, headerOf(request, 'connect-timeout-ms')),
    unwrap: (request) => {
      const encoding = headerOf(request, 'content-encoding');
      return encoding === null ? bodyOf(request) : decompress(request, bodyOf(request), encoding);
    },
    answer: (reply, message) => reply.header('content-type', type).send(bufferOf(message)),
    refuse: (reply, error) =>
      reply
        .code(connectProtocol.codeToHttpStatus(error.code))
        .header('content-type', connectProtocol.contentTypeUnaryJson)
        .send(bufferOf(connectProtocol.errorToJsonBytes(error, undefined))),
  };
}

function grpcCarriage(isBinary: boolean): Carriage {
  const type = isBinary ? grpcProtocol.contentTypeProto : grpcProtocol.contentTypeJson;
  return {
    isBinary,
    timeoutMs: grpcTimeout,
    unwrap: unwrapEnvelope,
    answer: (reply, message) => {
      reply.raw.addTrailers({ 'grpc-status': grpcProtocol.grpcStatusOk });
      return reply.header('content-type', type).send(bufferOf(encodeEnvelope(0, message)));
    },
    refuse: (reply, error) => {
      reply.raw.addTrailers(Object.fromEntries(statusOf(error)));
      return reply.header('content-type', type).send();
    },
  };
}

function grpcWebCarriage(isBinary: boolean): Carriage {
  const type = isBinary ? grpcWebProtocol.contentTypeProto : grpcWebProtocol.contentTypeJson;
  const trailersOf = (error?: ConnectError) => ({
    flags: grpcWebProtocol.trailerFlag,
    data: grpcWebProtocol.trailerSerialize(statusOf(error)),
  });
  const ok = trailersOf();
  return {
    isBinary,
    timeoutMs: grpcTimeout,
    unwrap: unwrapEnvelope,
    answer: (reply, message) =>
      reply.header('content-type', type).send(bufferOf(encodeEnvelopes({ flags: 0, data: message }, ok))),
    refuse: (reply, error) => reply.header('content-type', type).send(bufferOf(encodeEnvelopes(trailersOf(error)))),
  };
}

/** For JSON, and for the binary form. */
const carriages = {
  connect: [connectCarriage(false), connectCarriage(true)],
  grpc: [grpcCarriage(false), grpcCarriage(true)],
  grpcWeb: [grpcWebCarriage(false), grpcWebCarriage(true)],
} as const;

function statusOf(error: ConnectError | undefined): Headers {
  return grpcProtocol.setTrailerStatus(new Headers(), error);
}

function grpcTimeout(request: FastifyRequest): number | undefined {
  return readTimeout(grpcProtocol.parseTimeout, headerOf(request, 'grpc-timeout'));
}

type ParseTimeout = (value: string | null, most: number) => { timeoutMs?: number; error?: ConnectError | undefined };

/** Longer than what a timer can wait is for ever. */
const longestMs = 2 ** 31 - 1;

function readTimeout(parse: ParseTimeout, value: string | null): number | undefined {
  if (value === null) return undefined;
  const { timeoutMs, error } = parse(value, Number.POSITIVE_INFINITY);
  if (error !== undefined) throw error;
  return timeoutMs === undefined ? undefined : Math.min(timeoutMs, longestMs);
}

const head = 5;

/** What gRPC sends: a byte of flags, the length of the message in four, and the message. */
function unwrapEnvelope(request: FastifyRequest): Promise<Uint8Array> | Uint8Array {
  const body = bodyOf(request);
  if (body.length === 0) throw new ConnectError('A call needs a message.', Code.Unimplemented);
  const length = body.length < head ? Number.POSITIVE_INFINITY : body.readUInt32BE(1);
  if (body.length < head + length) throw new ConnectError('The message was cut short.', Code.InvalidArgument);
  if (body.length > head + length) throw new ConnectError('A call takes one message alone.', Code.Unimplemented);
  const message = body.subarray(head);
  const isCompressed = ((body[0] ?? 0) & compressedFlag) !== 0;
  return isCompressed ? decompress(request, message, headerOf(request, 'grpc-encoding')) : message;
}

const inflate = promisify(gunzip);

async function decompress(request: FastifyRequest, bytes: Buffer, encoding: string | null): Promise<Uint8Array> {
  if (encoding === 'identity') return bytes;
  if (encoding !== 'gzip') {
    throw new ConnectError(`Messages are taken in gzip, or as they are; not in ${encoding}.`, Code.Unimplemented);
  }
  const { bodyLimit } = request.routeOptions;
  try {
    return await inflate(bytes, { maxOutputLength: bodyLimit ?? 0 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') {
      throw new ConnectError('The message is no gzip.', Code.InvalidArgument);
    }
    throw new ConnectError(`The message must have at most ${bodyLimit} bytes.`, Code.ResourceExhausted);
  }
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return (body as Buffer | undefined) ?? Buffer.of();
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function headerOf({ headers }: FastifyRequest, name: string): string | null {
  const value = headers[name];
  return value === undefined ? null : String(value);
}
