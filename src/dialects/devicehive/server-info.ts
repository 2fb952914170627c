import type { OpenHandler } from './call.ts';
import { timestampOf } from './encode.ts';

/** The version of the vendor's server whose API this is. */
const apiVersion = '4.1.0';

/** `server/info`. */
export const serverInfo: OpenHandler = async ({ host }, { clock }) => ({
  info: {
    apiVersion,
    serverTimestamp: timestampOf(clock.now()),
    restServerUrl: `http://${host}/dh/rest`,
  },
});
