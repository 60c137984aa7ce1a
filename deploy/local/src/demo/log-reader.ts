import type { LogReader } from '@hie/transparency-log';
import { type Dispatcher, request } from 'undici';

/** Reads the ledger's static files as anybody may: over HTTPS, without a token. */
export const logReader = (logUrl: string, dispatcher: Dispatcher): LogReader => ({
  read: async (path) => {
    const { statusCode, body } = await request(`${logUrl}${path}`, { dispatcher });
    const bytes = new Uint8Array(await body.arrayBuffer());
    return statusCode === 200 ? bytes : undefined;
  },
});
