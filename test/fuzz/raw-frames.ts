import fc from 'fast-check';
import { nastyText } from './nasty.ts';
import { cut, type RawBytes } from './raw-bytes.ts';

interface Frame {
  readonly isFinal: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  /** What the length says; the payload's own unless given. */
  readonly length: number | null;
  readonly payload: Uint8Array;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const closing = fc
  .tuple(fc.constantFrom(0, 999, 1000, 1001, 1005, 1006, 1015, 2999, 3000, 4999, 65_535), nastyText)
  .map(([code, reason]) => Buffer.concat([Buffer.from([code >> 8, code & 0xff]), bytesOf(reason).subarray(0, 200)]));

const payload = fc.oneof(
  fc.constantFrom('', '{', '{}', '[]', 'null', '{"action":"server/info"}', '{"action":1e400}').map(bytesOf),
  nastyText.map(bytesOf),
  fc.uint8Array({ maxLength: 150 }),
  fc.constantFrom(Buffer.from([0xff, 0xfe]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.alloc(70_000, 'x')),
  closing,
);

const rarely = <T>(usual: T, others: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others });

const frame: fc.Arbitrary<Frame> = fc.record({
  isFinal: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  reserved: rarely(0, fc.nat(7)),
  opcode: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 3, arbitrary: fc.nat(15) }),
  isMasked: rarely(true, fc.constant(false)),
  length: rarely<number | null>(null, fc.constantFrom(0, 125, 200, 65_536, 1_048_577, 2 ** 40, 2 ** 53)),
  payload,
});

/** Frames as they should not be, behind an upgrade at this path. */
export function rawFrames(path: string): fc.Arbitrary<RawBytes> {
  const upgrade =
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n';
  return fc
    .tuple(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(600), { maxLength: 3 }))
    .map(([frames, cuts]) => ({ pieces: cut(Buffer.concat([Buffer.from(upgrade), ...frames.map(write)]), cuts) }));
}

function write({ isFinal, reserved, opcode, isMasked, length, payload }: Frame): Buffer {
  const said = length ?? payload.length;
  const kind = said < 126 ? said : said < 65_536 ? 126 : 127;
  const head = Buffer.from([(isFinal ? 0x80 : 0) | (reserved << 4) | opcode, (isMasked ? 0x80 : 0) | kind]);
  const extended = Buffer.alloc(kind < 126 ? 0 : kind === 126 ? 2 : 8);
  if (kind === 126) extended.writeUInt16BE(said);
  if (kind === 127) extended.writeBigUInt64BE(BigInt(said));
  const mask = Buffer.from([1, 2, 3, 4]);
  const content = isMasked ? payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : payload;
  return Buffer.concat([head, extended, isMasked ? mask : Buffer.of(), content]);
}

/** The texts in the frames that a server sends, which are whole and not masked. */
export function textsIn(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const kind = bytes.readUInt8(at + 1) & 0x7f;
    const start = at + (kind < 126 ? 2 : kind === 126 ? 4 : 10);
    const length =
      kind < 126 ? kind : kind === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if ((bytes.readUInt8(at) & 0x0f) === 1) texts.push(bytes.toString('utf8', start, start + length));
    at = start + length;
  }
  return texts;
}
