import { setTimeout as pause } from 'node:timers/promises';

import type { ComposedExchange } from '../exchange/start-exchange.js';

/** An entry of the ledger as compliance staff read it. */
export interface ShownEntry {
  readonly index: number;
  readonly leafHash: string;
  readonly entry: {
    readonly eventId: string;
    readonly service: string;
    readonly action: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly digest?: string;
    readonly at: string;
    readonly [field: string]: unknown;
  };
}

/** One hop of the query, as the ledger knows it. */
export interface Hop {
  readonly service: string;
  readonly action: string;
  readonly outcome: string;
  readonly reason?: string;
  /** ms since the first hop. */
  readonly atMs: number;
}

export async function entriesOf(
  exchange: Pick<ComposedExchange, 'description' | 'operator'>,
  txn: string,
): Promise<readonly ShownEntry[]> {
  const answer = await exchange.operator.call('GET', `${exchange.description.gateway.url}/ledger/entries?txn=${txn}`, {
    purpose: 'HCOMPL',
    scope: 'exchange/ledger.read',
  });
  return answer.json<{ entries: ShownEntry[] }>().entries.filter(({ entry }) => entry.action !== 'ledger.searched');
}

const HOPS = 5;
const WITHIN_MS = 5_000;

/** Reads the query's way from the ledger: what each hop told it. The last entries may be a moment behind the answer. */
export async function traceHops(
  exchange: ComposedExchange,
  txn: string,
): Promise<{ hops: Hop[]; entries: readonly ShownEntry[] }> {
  const deadline = Date.now() + WITHIN_MS;
  let entries = await entriesOf(exchange, txn);
  while (entries.length < HOPS && Date.now() < deadline) {
    await pause(100);
    entries = await entriesOf(exchange, txn);
  }
  const inOrder = [...entries].sort((a, b) => a.entry.at.localeCompare(b.entry.at));
  const start = Date.parse(inOrder[0]?.entry.at ?? '');
  return {
    entries,
    hops: inOrder.map(({ entry: { service, action, outcome, reason, at } }) => ({
      service,
      action,
      outcome,
      atMs: Date.parse(at) - start,
      ...(reason === undefined ? {} : { reason }),
    })),
  };
}
