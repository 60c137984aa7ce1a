import type { PlacedEntry } from '@hie/ledger-report';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { ENTRY_COLUMNS, type EntryRow, PlacedEntries } from '../read-entries/placed-entries.js';
import type { Actor } from './review-case.js';

/** A transaction that is to be reviewed, and who asked in it. */
export interface ReviewedTransaction {
  readonly txn: string;
  readonly concerned: Actor;
}

/** A breaking of the glass as the ledger holds it. */
export interface BrokenGlass {
  /** ISO 8601. */
  readonly brokenAt: string;
  readonly requester: Actor;
  /** Members whose records were asked for; absent as long as there is no answer. */
  readonly members?: readonly string[];
}

const MOST_SAMPLED = 5_000;

/** What cases are about, as the ledger holds it. */
@Injectable()
export class TransactionEntries {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly placed: PlacedEntries,
  ) {}

  /** What a case of a transaction is opened with; `undefined` for one that the ledger does not know. */
  async reviewed(txn: string): Promise<{ readonly concerned: Actor; readonly isGlassBroken: boolean } | undefined> {
    const rows = await this.rows(`select ${ENTRY_COLUMNS} from entry where txn = $1 order by index limit 1`, [txn]);
    return rows.map((placed) => ({ concerned: concernedOf(placed), isGlassBroken: isGlassBroken(placed) }))[0];
  }

  /** Transactions under a broken glass that nobody has opened a case of, oldest first. */
  async brokenGlasses(count: number): Promise<readonly ReviewedTransaction[]> {
    const rows = await this.rows(
      `select ${ENTRY_COLUMNS} from entry where purpose = 'BTG' and action = 'query.requested'
         and not exists (select from review_case where review_case.txn = entry.txn) order by index limit $1`,
      [count],
    );
    return rows.flatMap((placed) =>
      placed.entry.txn === undefined ? [] : [{ txn: placed.entry.txn, concerned: concernedOf(placed) }],
    );
  }

  /** Cases of broken glass that nobody was told of yet, oldest first. */
  async unreportedGlasses(
    count: number,
  ): Promise<readonly { readonly caseId: string; readonly txn: string; readonly openedAt: Date }[]> {
    const { rows } = await this.pool.query<{ caseId: string; txn: string; openedAt: Date }>(
      `select case_id as "caseId", txn, opened_at as "openedAt" from review_case
       where reason = 'break-glass' and not exists (select from glass_report where glass_report.txn = review_case.txn)
       order by opened_at limit $1`,
      [count],
    );
    return rows;
  }

  /** When a glass was broken, by whom, and what came of it; `answer` is absent as long as there is none. */
  async brokenGlass(txn: string): Promise<BrokenGlass | undefined> {
    const rows = await this.rows(
      `select ${ENTRY_COLUMNS} from entry where txn = $1 and action in ('query.requested', 'answer.assembled') order by index`,
      [txn],
    );
    const asked = rows.find(({ entry }) => entry.action === 'query.requested');
    if (asked === undefined) return undefined;
    const answer = rows.find(({ entry }) => entry.action === 'answer.assembled')?.entry;
    const members = answer?.outcome === 'success' ? answer.details?.['members'] : undefined;
    return {
      brokenAt: asked.entry.at,
      requester: concernedOf(asked),
      ...(answer === undefined ? {} : { members: Array.isArray(members) ? members : [] }),
    };
  }

  /** Disclosures of a period from which a sample is drawn; `undefined` when there are more than 5,000: draw from a shorter one. */
  async disclosuresBetween(fromMs: number, beforeMs: number): Promise<readonly PlacedEntry[] | undefined> {
    const rows = await this.rows(
      `select distinct on (txn) ${ENTRY_COLUMNS} from entry
       where action = 'answer.assembled' and outcome = 'success' and txn is not null and at >= $1 and at < $2
       order by txn, index limit ${MOST_SAMPLED + 1}`,
      [new Date(fromMs), new Date(beforeMs)],
    );
    return rows.length > MOST_SAMPLED ? undefined : rows;
  }

  private async rows(text: string, values: unknown[]): Promise<readonly PlacedEntry[]> {
    const { rows } = await this.pool.query<EntryRow>(text, values);
    return this.placed.open(rows);
  }
}

/** A member is named in whatever a case is opened about: an entry without one concerns nobody, and so everybody at no member. */
export function concernedOf({ entry: { requester } }: Pick<PlacedEntry, 'entry'>): Actor {
  const { memberId = 'unknown', clientId, userId } = requester ?? {};
  return { memberId, ...(clientId === undefined ? {} : { clientId }), ...(userId === undefined ? {} : { userId }) };
}

/** Whether an entry is of a transaction under a broken glass: whoever opens its case first, it is reviewed and told of as one. */
export const isGlassBroken = ({ entry: { purpose } }: Pick<PlacedEntry, 'entry'>): boolean => purpose === 'BTG';
