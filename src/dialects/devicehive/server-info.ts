import type { OpenHandler } from './call.ts';
import { timestampOf } from './encode.ts';

/** The version of the vendor's server whose API this is. */
const apiVersion = '4.1.0';

/** `server/info`, `GET /info`: each of the two ways tells of the other. */
export const serverInfo: OpenHandler = async ({ transport, origin }, { clock }) => ({
  shown: {
    apiVersion,
    serverTimestamp: timestampOf(clock.now()),
    ...(transport === 'socket'
      ? { restServerUrl: `${origin}/dh/rest` }
      : { webSocketServerUrl: `${origin.replace(/^http/, 'ws')}/dh/websocket` }),
  },
});
