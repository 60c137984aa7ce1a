import { openDetails } from '@hie/ledger-entry';
import { AuditWriter } from '@hie/messaging';
import { UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { PG_POOL, Refusal } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import type { StandingEntry } from '../append-event/entry.store.js';
import { isOwn } from '../follow-merges/person-standings.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { lockJoined } from './lock-joined.js';

/** What was destroyed: the keys of everybody who stands for the patient. */
export interface Erasure {
  readonly keyIds: readonly string[];
}

const ERASED = 'patient.erased';

/**
 * Destroys a patient's key: the details of every entry about the patient become unreadable, in the log, in the projection and in
 * every copy of either, and not one proof changes.
 *
 * What happens to the patient afterwards is told under a new key.
 */
@Injectable()
export class PatientEraser {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly audit: AuditWriter,
    private readonly ledgerKeys: LedgerKeys,
    private readonly patientKeys: PatientKeys,
  ) {}

  /**
   * Erases everybody who stands for the person today. A hold on anybody whom a merge has ever joined them with prevents it: entries about
   * the held may lie under one of these keys.
   *
   * @param matter the file number of the request.
   * @throws Refusal `patient-not-in-ledger` (404) or `legal-hold` (409)
   */
  async erase(personId: string, matter: string, claims: TransactionClaims): Promise<Erasure> {
    // A key of another's, under which the patient was answered for while they were merged, is the other's too.
    const keyIds = (await this.patientKeys.keysOf(personId)).filter(isOwn).map(({ keyId }) => keyId);
    if (keyIds.length === 0) throw new Refusal('patient-not-in-ledger', 404);
    const isErased = await this.unitOfWork.run(async ({ manager, announce }) => {
      const joined = await lockJoined(manager, keyIds);
      const holds: unknown[] = await manager.query(
        'select 1 from legal_hold where key_id = any($1::uuid[]) and lifted_at is null limit 1',
        [joined],
      );
      const facts =
        holds.length > 0
          ? ({ action: 'erasure.refused', outcome: 'denied', reason: 'legal-hold', personId } as const)
          : // Without the person, whose name nobody is to find again.
            ({ action: ERASED, outcome: 'success' } as const);
      const told = keyIds.map((key) => this.audit.write({ ...facts, details: { key, matter } }, { claims }));
      await announce((await Promise.all(told)).map(({ record }) => record));
      if (holds.length === 0) await manager.query(DESTROY, [keyIds]);
      return holds.length === 0;
    });
    if (!isErased) throw new Refusal('legal-hold', 409);
    for (const keyId of keyIds) await this.patientKeys.forget(keyId);
    await this.sweep();
    return { keyIds };
  }

  /** Destroys again the keys that entries of the log say were destroyed: a restored backup brings them back. */
  async eraseAgain(entries: readonly StandingEntry[]): Promise<void> {
    const erased = entries.filter(({ head }) => head.action === ERASED && head.service === 'audit-ledger');
    if (erased.length === 0) return;
    const ledger = this.ledgerKeys.entries;
    const keyIds = erased.map(
      ({ head: { eventId }, details }) => openDetails({ eventId, details }, { ledger })['key'] as string,
    );
    await this.pool.query(DESTROY, [keyIds]);
    for (const keyId of keyIds) await this.patientKeys.forget(keyId);
    await this.sweep();
  }

  /** PostgreSQL leaves a changed row's old version in its file until it is vacuumed. */
  private async sweep(): Promise<void> {
    await this.pool.query('vacuum patient_key');
  }
}

const DESTROY = `update patient_key set person = null, wrapped = null, erased_at = coalesce(erased_at, now())
  where key_id = any($1::uuid[]) and wrapped is not null`;
