import { LEDGER_ORIGIN } from '@hie/local-exchange';
import { type LogReader, type Trust, parseVerifierKey } from '@hie/transparency-log';
import { Agent, request } from 'undici';

import type { SharedExchange } from './shared-exchange.js';

/** The ledger as anybody sees it: the static files over HTTPS, without a token, and the key it is trusted by. */
export class PublicLog {
  readonly trust: Trust;
  readonly reader: LogReader;
  private readonly agent: Agent;

  constructor({ ca, description: { ledger } }: Pick<SharedExchange, 'ca' | 'description'>) {
    this.agent = new Agent({ connect: { ca } });
    this.trust = { origin: LEDGER_ORIGIN, logKeys: [parseVerifierKey(ledger.verifierKey)] };
    this.reader = {
      read: async (path) => {
        const { statusCode, body } = await request(`${ledger.url}${path}`, { dispatcher: this.agent });
        const bytes = new Uint8Array(await body.arrayBuffer());
        return statusCode === 200 ? bytes : undefined;
      },
    };
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}
