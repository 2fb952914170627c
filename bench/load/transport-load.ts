import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { fromJson, toBinary } from '@bufbuild/protobuf';
import { UpdateHumanUserRequestSchema } from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';
import { nowMs, printResult, scattered } from './load.ts';
import { RawHttp } from './raw-http.ts';
import { filled, type Template, templateOf, zitadel } from './scenarios.ts';
import type { Transport } from './transports.ts';

/**
 * Drives ZITADEL's UpdateHumanUser over one of its transports, by callers who each wait for their answer: over HTTP/1.1
 * a connection for each, over gRPC sixteen streams in a session. Arguments: transport, origin, token, the file of ids,
 * callers, seconds.
 */
const [, , transport = 'rest', origin = '', token = '', file = '', callers = '64', seconds = '3'] = process.argv;
const ids = readFileSync(file, 'utf8').trim().split('\n');
const method = '/zitadel.user.v2.UserService/UpdateHumanUser';
const latencies: number[] = [];
let [failed, count] = [0, Math.floor(nowMs()) % 1e8];

/** Whether the update was made. */
type Ask = (request: Template, id: string) => Promise<boolean>;

const withId = ({ body }: Template, userId: string) => ({ userId, ...JSON.parse(body) });

const openers: Readonly<Record<Transport, (caller: number) => Promise<Ask>>> = {
  rest: async () => {
    const connection = await RawHttp.open(origin);
    return async (request) => (await connection.ask(request)) !== undefined;
  },
  connect: async () => {
    const connection = await RawHttp.open(origin);
    return async (request, id) => {
      const call = { ...request, method: 'POST', path: method, body: JSON.stringify(withId(request, id)) } as const;
      return (await connection.ask(call)) !== undefined;
    };
  },
  grpc: async (caller) => {
    const session = sessionOf(caller);
    return (request, id) => call(session, toBinary(UpdateHumanUserRequestSchema, message(request, id)));
  },
};

const message = (request: Template, id: string) => fromJson(UpdateHumanUserRequestSchema, withId(request, id));

const sessions: ClientHttp2Session[] = [];

function sessionOf(caller: number): ClientHttp2Session {
  const index = Math.floor(caller / 16);
  sessions[index] ??= connect(origin);
  return sessions[index];
}

/** One call, which is done when its trailers say so. */
function call(session: ClientHttp2Session, bytes: Uint8Array): Promise<boolean> {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  const stream = session.request({
    ':method': 'POST',
    ':path': method,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    authorization: `Bearer ${token}`,
  });
  stream.end(Buffer.concat([head, bytes]));
  stream.resume();
  return new Promise((resolve) => {
    let isGood = false;
    stream.on('trailers', (trailers) => {
      isGood = trailers['grpc-status'] === '0';
    });
    stream.on('error', () => {});
    stream.on('close', () => resolve(isGood));
  });
}

async function drive(ask: Ask, until: number): Promise<void> {
  while (nowMs() < until) {
    const n = count++;
    const id = scattered(ids, n) ?? '';
    const startAt = nowMs();
    if (!(await ask(filled(template, id, n), id))) failed += 1;
    latencies.push(nowMs() - startAt);
  }
}

const template = templateOf(zitadel, token);
const asks = await Promise.all(Array.from({ length: Number(callers) }, (_, n) => openers[transport as Transport](n)));
const start = nowMs();
await Promise.all(asks.map((ask) => drive(ask, start + Number(seconds) * 1000)));
printResult(latencies, failed, nowMs() - start);
process.exit();
