import type { ShownEntry } from '@hie/local-exchange';

import { eventually } from './doors.js';
import type { SharedExchange } from './shared-exchange.js';

/** What the ledger learns of an action from now on, read as compliance staff read it. */
export class LedgerWatch {
  private constructor(
    private readonly exchange: SharedExchange,
    private readonly action: string,
    private readonly from: number,
  ) {}

  static async on(exchange: SharedExchange, action: string): Promise<LedgerWatch> {
    const [newest] = await entries(exchange, action, 1);
    return new LedgerWatch(exchange, action, newest?.index ?? -1);
  }

  /** The entries since then, newest first. */
  async since(): Promise<readonly ShownEntry[]> {
    return (await entries(this.exchange, this.action, 200)).filter(({ index }) => index > this.from);
  }

  /** Waits for an entry; there has to be exactly one. */
  async one(): Promise<ShownEntry['entry']> {
    const found = await this.untilThere((entries) => (entries.length > 0 ? entries : undefined));
    if (found.length > 1) throw new RangeError('There is more than one entry.');
    return found[0] as ShownEntry['entry'];
  }

  /** Waits until what is looked for is among the entries, newest first. */
  untilThere<T>(look: (entries: readonly ShownEntry['entry'][]) => T | undefined): Promise<T> {
    return eventually(async () => look((await this.since()).map(({ entry }) => entry)));
  }
}

async function entries(exchange: SharedExchange, action: string, count: number): Promise<readonly ShownEntry[]> {
  const url = `${exchange.description.gateway.url}/ledger/entries?action=${action}&count=${count}`;
  const answer = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
  return answer.json<{ entries: ShownEntry[] }>().entries;
}
