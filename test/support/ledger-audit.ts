import { type LogVerdict, isIncluded, openCheckpoint, parseVerifierKey, verifyLog } from '@hie/transparency-log';
import pg from 'pg';
import { Agent, request } from 'undici';

import { eventually } from './doors.js';
import type { Receipt } from './load.js';
import type { SharedExchange } from './shared-exchange.js';

/** What the ledger holds of one transaction. */
export interface Transaction {
  readonly txn: string;
  readonly actions: readonly string[];
}

/** Looks into the ledger as an auditor with every access would: its table, its log, the outboxes that lead to it. */
export class LedgerAudit {
  private readonly agent: Agent;
  private readonly pool: pg.Pool;

  constructor(private readonly exchange: SharedExchange) {
    this.agent = new Agent({ connect: { ca: exchange.ca } });
    this.pool = new pg.Pool({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca }, max: 2 });
    // Its connections break when PostgreSQL is restarted; the next query opens another.
    this.pool.on('error', () => undefined);
  }

  async close(): Promise<void> {
    await this.agent.close();
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
    const { rows } = await this.pool.query<{ txn: string; actions: string[] }>(
      `select txn, array_agg(action order by index) as actions from audit_ledger.entry
       where index >= $1 and txn is not null group by txn`,
      [index],
    );
    return rows;
  }

  async size(): Promise<number> {
    const { rows } = await this.pool.query<{ size: string }>('select count(*) as size from audit_ledger.entry');
    return Number(rows[0]?.size);
  }

  /** Recomputes the whole log from its static files; `entries` are the ids of its events, in order. */
  async verify(): Promise<{ readonly verdict: LogVerdict; readonly eventIds: readonly string[] }> {
    const { url, verifierKey } = this.exchange.description.ledger;
    const eventIds: string[] = [];
    const read = async (path: string) => {
      const { statusCode, body } = await request(`${url}${path}`, { dispatcher: this.agent });
      const bytes = new Uint8Array(await body.arrayBuffer());
      return statusCode === 200 ? bytes : undefined;
    };
    const trust = { origin: 'hie.example/ledger', logKeys: [parseVerifierKey(verifierKey)] };
    const verdict = await verifyLog({ read }, trust, {
      onEntry: (_index, entry) =>
        eventIds.push((JSON.parse(Buffer.from(entry).toString()) as { eventId: string }).eventId),
    });
    return { verdict, eventIds };
  }

  /** Whether a receipt proves, by itself, that its entry stood in the signed log. */
  isGenuine({ checkpoint, proof, index, leafHash: leaf }: Receipt): boolean {
    const key = parseVerifierKey(this.exchange.description.ledger.verifierKey);
    const head = openCheckpoint(checkpoint, { origin: 'hie.example/ledger', logKeys: [key] });
    const path = proof.map((hash) => new Uint8Array(Buffer.from(hash, 'base64')));
    return isIncluded({ index, leafHash: new Uint8Array(Buffer.from(leaf, 'base64')), ...head }, path);
  }
}
