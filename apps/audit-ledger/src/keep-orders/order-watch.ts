import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { KeyDestruction } from '../erase-patient/key-destruction.js';
import { CaseRepair } from '../review-cases/case-repair.js';
import { TamperAlarm } from '../watch-projection/tamper-alarm.js';
import { OrderReader } from './order-reader.js';
import { type ToldHold, type ToldOrders, standingHolds } from './told-orders.js';

interface HoldRow {
  readonly hold_id: string;
  readonly key_id: string;
  readonly matter: string;
  readonly is_lifted: boolean;
}

/**
 * Holds the tables of patients' keys, legal holds and cases against what the log says was ordered, and puts them right: a backup from before
 * an erasure brings a key back, one from before a hold lets it be destroyed, and so does one statement of whoever owns the tables.
 *
 * What people wrote in a case is in its table alone, the log has its digest: an event that is missing is told of, and can't be put back.
 */
@Injectable()
export class OrderWatch {
  /** Holds that were lifted in the table at the last look, and not in the log. */
  private untold: ReadonlySet<string> = new Set();
  private readonly known = new Set<string>();

  constructor(
    private readonly reader: OrderReader,
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly destruction: KeyDestruction,
    private readonly cases: CaseRepair,
    private readonly alarm: TamperAlarm,
  ) {}

  /** @param settled up to which position rows of entries are there for good. */
  async look(settled: number): Promise<void> {
    const orders = await this.reader.read(settled);
    for (const key of await this.destruction.destroyAgain([...orders.erased]))
      await this.alarm.raise('key-back', { key });
    await this.lookAtHolds(orders);
    for (const { caseId, seq } of await this.cases.missing(orders.cases)) {
      const event = `${caseId} ${seq}`;
      if (!this.known.has(event)) await this.alarm.raise('case-event-missing', { case: caseId, seq });
      this.known.add(event);
    }
    for (const caseId of await this.cases.putRight()) await this.alarm.raise('case-changed', { case: caseId });
  }

  private async lookAtHolds(orders: ToldOrders): Promise<void> {
    const { rows } = await this.pool.query<HoldRow>(
      'select hold_id, key_id, matter, lifted_at is not null as is_lifted from legal_hold where hold_id = any($1::uuid[])',
      [[...orders.holds.keys()]],
    );
    const kept = new Map(rows.map((row) => [row.hold_id, row]));
    const untold = new Set<string>();
    for (const hold of standingHolds(orders)) {
      const row = kept.get(hold.holdId);
      const isSame = row?.key_id === hold.keyId && row.matter === hold.matter;
      if (isSame && !row.is_lifted) continue;
      // One that was lifted just now is told within seconds: only at the second look is it one that nobody lifted.
      if (isSame && !this.untold.has(hold.holdId)) untold.add(hold.holdId);
      else await this.placeAgain(hold);
    }
    this.untold = untold;
    for (const holdId of orders.lifted) {
      if (kept.get(holdId)?.is_lifted === false) await this.liftAgain(holdId);
    }
  }

  private async placeAgain({ holdId, keyId, matter, placedAt }: ToldHold): Promise<void> {
    await this.pool.query(
      `insert into legal_hold (hold_id, key_id, matter, placed_at) values ($1, $2, $3, $4)
       on conflict (hold_id) do update set key_id = excluded.key_id, matter = excluded.matter, lifted_at = null`,
      [holdId, keyId, matter, placedAt],
    );
    await this.alarm.raise('hold-changed', { hold: holdId });
  }

  private async liftAgain(holdId: string): Promise<void> {
    await this.pool.query('update legal_hold set lifted_at = now() where hold_id = $1', [holdId]);
    await this.alarm.raise('hold-changed', { hold: holdId });
  }
}
