import { connect, type Socket } from 'node:net';

/** A TCP connection to a server, with everything that has come back over it so far. */
export interface RawPeer {
  readonly socket: Socket;
  readonly answer: () => string;
  /** Resolves when the connection is gone, however that came, to all that came back. */
  readonly closed: Promise<string>;
  /** Resolves once this has come back so many times; rejects when the connection is gone before. */
  until(text: string, times?: number): Promise<void>;
}

/** Connects and sends bytes (as latin1) as they are. */
export function dial(origin: string, bytes = ''): RawPeer {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(answer)));
  if (bytes !== '') socket.write(bytes, 'latin1');
  return {
    socket,
    answer: () => answer,
    closed,
    until: (text, times = 1) => until(socket, () => answer.split(text).length > times),
  };
}

function until(socket: Socket, isThere: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (isThere()) resolve();
    };
    socket.on('data', look);
    socket.on('close', () => reject(new Error('the connection was closed before')));
    look();
  });
}

/** The statuses of the answers in what came back. */
export function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
