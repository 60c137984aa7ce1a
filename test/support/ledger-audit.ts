import type { ShownReceipt } from '@hie/local-exchange';
import { type LogVerdict, isIncluded, openCheckpoint, verifyLog } from '@hie/transparency-log';
import pg from 'pg';

import { eventually } from './doors.js';
import { PublicLog } from './public-log.js';
import type { SharedExchange } from './shared-exchange.js';

/** What the ledger holds of one transaction, in the order of the log. */
export interface Transaction {
  readonly txn: string;
  readonly actions: readonly string[];
  /** Why it was refused, or ended without an answer. */
  readonly reasons: readonly string[];
  /** Of the answers that were assembled, one a stage. */
  readonly digests: readonly string[];
  /** Where its first and its last entry stand. */
  readonly first: number;
  readonly last: number;
}

/** What ends a query without an answer. */
const ENDS = "action in ('query.failed', 'message.refused')";

/** Looks into the ledger as an auditor with every access would: its table, its log, the outboxes that lead to it. */
export class LedgerAudit {
  private readonly log: PublicLog;
  private readonly pool: pg.Pool;

  constructor(exchange: SharedExchange) {
    this.log = new PublicLog(exchange);
    this.pool = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 2 });
    // Its connections break when PostgreSQL is restarted; the next query opens another.
    this.pool.on('error', () => undefined);
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.pool.end();
  }

  /** Resolves when no service has anything left to send, and the log holds what the table does. */
  async settled(withinMs = 30_000): Promise<void> {
    const { rows } = await this.pool.query<{ name: string }>(
      `select format('%I.outbox', schemaname) as name from pg_tables where tablename = 'outbox'`,
    );
    await eventually(async () => {
      const counts = await Promise.all(
        rows.map(({ name }) => this.pool.query<{ left: string }>(`select count(*) as left from ${name}`)),
      );
      return counts.every(({ rows: [count] }) => count?.left === '0') ? true : undefined;
    }, withinMs);
  }

  /** Every transaction since an entry, with its entries’ actions in the order of the log. */
  async transactionsFrom(index: number): Promise<readonly Transaction[]> {
    const { rows } = await this.pool.query<Transaction>(
      `select txn, array_agg(action order by index) as actions, min(index)::int as first, max(index)::int as last,
         coalesce(array_agg(coalesce(reason, '') order by index) filter (where ${ENDS}), '{}') as reasons,
         coalesce(array_agg(head ->> 'digest' order by index) filter (where action = 'answer.assembled'), '{}') as digests
       from audit_ledger.entry where index >= $1 and txn is not null group by txn`,
      [index],
    );
    return rows;
  }

  /** How many entries its table has; `below` an index, where the exchange goes on meanwhile. */
  async size(below?: number): Promise<number> {
    const { rows } = await this.pool.query<{ size: string }>(
      'select count(*) as size from audit_ledger.entry where $1::bigint is null or index < $1',
      [below ?? null],
    );
    return Number(rows[0]?.size);
  }

  /**
   * Recomputes the whole log from its static files, once its witnesses have vouched for all that the table holds; `eventIds` are those
   * of its entries, in order.
   */
  async verify(): Promise<{ readonly verdict: LogVerdict; readonly eventIds: readonly string[] }> {
    const size = await this.size();
    await eventually(async () => {
      const raw = await this.log.reader.read('checkpoint');
      return openCheckpoint(raw ?? '', this.log.witnessedTrust).size >= size ? true : undefined;
    }, 60_000);
    const eventIds: string[] = [];
    const verdict = await verifyLog(this.log.reader, this.log.witnessedTrust, {
      onEntry: (_index, entry) =>
        eventIds.push((JSON.parse(Buffer.from(entry).toString()) as { eventId: string }).eventId),
    });
    return { verdict, eventIds };
  }

  /** Whether a receipt proves, by itself, that its entry stood in the signed log. */
  isGenuine({ checkpoint, proof, index, leafHash: leaf }: ShownReceipt): boolean {
    const head = openCheckpoint(checkpoint, this.log.trust);
    const path = proof.map((hash) => new Uint8Array(Buffer.from(hash, 'base64')));
    return isIncluded({ index, leafHash: new Uint8Array(Buffer.from(leaf, 'base64')), ...head }, path);
  }
}
