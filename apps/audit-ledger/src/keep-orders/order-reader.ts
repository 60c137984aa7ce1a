import { setTimeout as pause } from 'node:timers/promises';

import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { StandingEntries } from '../append-event/standing-entries.js';
import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { type SealedRow, SealedEntries } from '../read-entries/sealed-entries.js';
import { type ToldOrders, gatherOrders, orderActions, standingHolds } from './told-orders.js';

const AT_ONCE = 1_000;
/** How long a hold that was just lifted may take to be told. */
const TOLD_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

/** Reads what the log says was ordered, once, and then what is new. */
@Injectable()
export class OrderReader {
  private readonly gathering = gatherOrders();
  /** Rows before this were read, and are there for good. */
  private settled = 0;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly sealed: SealedEntries,
    private readonly standing: StandingEntries,
    private readonly shards: ShardKeeper,
  ) {}

  /** @param settled up to which position rows are committed, or never will be: they are not read again. */
  async read(settled = this.settled): Promise<ToldOrders> {
    for (let from: number | undefined = this.settled; from !== undefined;) {
      const { rows }: { rows: SealedRow[] } = await this.pool.query<SealedRow>(
        `select index, leaf_hash as "leafHash", head, mac, details from entry
         where action = any($1) and index >= $2 order by index limit $3`,
        [[...orderActions], from, AT_ONCE],
      );
      // A row that somebody has written into orders nothing: what the log says there does.
      const written = await this.standing.asWritten(rows, this.shards.all);
      for (const entry of await this.sealed.open(written)) this.gathering.add(entry);
      const last = rows.at(-1);
      from = rows.length < AT_ONCE || last === undefined ? undefined : Number(last.index) + 1;
    }
    this.settled = settled;
    return this.gathering.orders;
  }

  /** Whether a hold stands by the log. One that the table says was lifted is waited for: its entry is on the way, or there is none. */
  async isHeld(keyId: string): Promise<boolean> {
    for (const untilMs = Date.now() + TOLD_WITHIN_MS; ; await pause(LOOK_EVERY_MS)) {
      const held = standingHolds(await this.read(), keyId).map(({ holdId }) => holdId);
      if (held.length === 0) return false;
      const { rows } = await this.pool.query(
        'select 1 from legal_hold where hold_id = any($1::uuid[]) and lifted_at is not null',
        [held],
      );
      if (rows.length < held.length || Date.now() > untilMs) return true;
    }
  }
}
