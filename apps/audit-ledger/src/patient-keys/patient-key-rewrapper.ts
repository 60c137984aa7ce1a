import { AuditTrail } from '@hie/messaging';
import { wrapKey } from '@hie/persistence';
import { FileKeyring, PG_POOL, PinoLogger } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';

import { LedgerKeys } from './ledger-keys.js';
import { PatientKeys } from './patient-keys.js';

/** Unwrapped and wrapped in one turn of the process, which also appends: 200 take about three milliseconds. */
const BATCH = 200;
/** How many are looked at before the ledger starts: those that are wrapped anew last. */
const SAMPLE = 50;
const AGAIN_MS = 30_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface Row {
  readonly key_id: string;
  readonly wrapped: Buffer;
}

/** The key file does not have what patients’ keys lie under: nobody's details could be read, or added to. */
export class PatientKeysLost extends Error {
  override readonly name = 'PatientKeysLost';
  constructor() {
    super('Patients’ keys lie under a wrapping key that is not in the key file.');
  }
}

/**
 * Wraps patients' keys anew when the key that wraps them has changed: at the start, and while the ledger runs. The keys themselves stay.
 *
 * Once the ledger holds `keys.rewrapped`, nothing is under the former key, and it may be destroyed. What broke off goes on at the next start, or after half a minute.
 */
@Injectable()
export class PatientKeyRewrapper implements OnApplicationBootstrap, OnApplicationShutdown {
  private running: Promise<void> = Promise.resolve();
  private again: NodeJS.Timeout | undefined;
  private isEnding = false;

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly ledgerKeys: LedgerKeys,
    private readonly patientKeys: PatientKeys,
    private readonly keyring: FileKeyring,
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws PatientKeysLost */
  async onApplicationBootstrap(): Promise<void> {
    await this.refuseLost();
    this.begin();
    this.keyring.onChange(() => this.begin());
  }

  async onApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.again);
    await this.running;
  }

  /**
   * Wraps what is still under a former key under the first. A key that is destroyed meanwhile stays destroyed; what others wrap anew is left to them.
   *
   * @returns how many were wrapped anew. When it returns, nothing that was there when it began is under a former key.
   */
  async rewrap(): Promise<number> {
    // The ring is read for each key that is made; those on their way may have read the one before.
    await this.patientKeys.settled();
    let count = 0;
    for (let after = FIRST_ID; !this.isEnding;) {
      const { rows } = await this.pool.query<Row>(NEXT, [after, BATCH]);
      const last = rows.at(-1);
      if (last === undefined) break;
      count += await this.wrapAnew(rows);
      after = last.key_id;
    }
    // PostgreSQL leaves a changed row's old version in its file until it is vacuumed.
    if (count > 0) await this.pool.query('vacuum patient_key');
    return count;
  }

  private begin(): void {
    clearTimeout(this.again);
    this.running = this.running.then(() => this.change());
  }

  private async change(): Promise<void> {
    const { wrapping } = this.ledgerKeys;
    if (!wrapping.isChanging() || this.isEnding) return;
    const [first] = wrapping.keys();
    try {
      const count = await this.rewrap();
      // What has changed once more begins once more.
      if (this.isEnding || !wrapping.keys()[0].equals(first)) return;
      wrapping.letGo();
      // A former key that has left the file was told before; what it still held is told too.
      if (count === 0 && !wrapping.isChanging()) return;
      await this.trail.record({ action: 'keys.rewrapped', outcome: 'success', details: { count } }, {});
    } catch (error) {
      this.logger.error({ err: error }, 'patient keys not wrapped anew');
      this.again = setTimeout(() => this.begin(), AGAIN_MS).unref();
    }
  }

  private async wrapAnew(rows: readonly Row[]): Promise<number> {
    const { wrapping } = this.ledgerKeys;
    const [first] = wrapping.keys();
    const stale = rows.flatMap(({ key_id, wrapped }) => {
      const found = wrapping.unwrap(wrapped);
      // Somebody has changed it, or it was lost before: it lies under no key that is to go.
      if (found === undefined) this.logger.error({ key: key_id }, 'patient key opens under no wrapping key');
      if (found === undefined || found.isUnderFirst) return [];
      return [{ key_id, wrapped, next: wrapKey(found.key.export(), first) }];
    });
    if (stale.length === 0) return 0;
    const columns = [stale.map((row) => row.key_id), stale.map((row) => row.wrapped), stale.map((row) => row.next)];
    const { rowCount } = await this.pool.query(WRAP_ANEW, columns);
    return rowCount ?? 0;
  }

  /** A single row that opens under nothing was changed by somebody, and is found when it is read. */
  private async refuseLost(): Promise<void> {
    const { rows } = await this.pool.query<Row>(LAST, [SAMPLE]);
    const lost = rows.filter(({ wrapped }) => this.ledgerKeys.wrapping.unwrap(wrapped) === undefined);
    if (lost.length * 2 > rows.length) throw new PatientKeysLost();
  }
}

const LAST = 'select key_id, wrapped from patient_key where wrapped is not null order by key_id desc limit $1';

const NEXT = `select key_id, wrapped from patient_key
  where key_id > $1::uuid and wrapped is not null order by key_id limit $2`;

/** A row that was destroyed, or wrapped anew, since it was read is another by now. */
const WRAP_ANEW = `update patient_key as kept set wrapped = anew.next
  from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as anew (key_id, wrapped, next)
  where kept.key_id = anew.key_id and kept.wrapped = anew.wrapped`;
