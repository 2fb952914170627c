import type { Socket } from 'node:net';

/** What a client of HTTP/2 sends first: RFC 9113, section 3.4. No request of HTTP/1.1 begins like it. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export interface FirstBytes {
  /** How long they may take, in milliseconds. */
  readonly withinMs: number;
  readonly onHttp1: (socket: Socket) => void;
  readonly onHttp2: (socket: Socket) => void;
  readonly onLate: (socket: Socket) => void;
}

/** Reads as much of a connection as tells which HTTP it speaks, puts that back, and hands it on. */
export function lookAt(socket: Socket, { withinMs, onHttp1, onHttp2, onLate }: FirstBytes): void {
  let seen = Buffer.of();
  const look = (): void => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) seen = Buffer.concat([seen, chunk]);
    const isPreface = preface.subarray(0, seen.length).equals(seen.subarray(0, preface.length));
    if (isPreface && seen.length < preface.length) return;
    leave();
    socket.unshift(seen);
    if (isPreface) onHttp2(socket);
    else onHttp1(socket);
  };
  const fail = (): void => void socket.destroy();
  const timer = setTimeout(() => {
    leave();
    onLate(socket);
  }, withinMs);
  const leave = (): void => {
    clearTimeout(timer);
    socket.off('readable', look).off('end', fail).off('error', fail).off('close', leave);
  };
  socket.on('readable', look).on('end', fail).on('error', fail).on('close', leave);
}
