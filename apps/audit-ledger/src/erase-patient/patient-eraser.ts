import { AuditWriter } from '@hie/messaging';
import { UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { isOwn } from '../follow-merges/person-standings.js';
import { OrderReader } from '../keep-orders/order-reader.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { DESTROY, ERASED, KeyDestruction } from './key-destruction.js';
import { lockJoined } from './lock-joined.js';

/** What was destroyed: the keys of everybody who stands for the patient. */
export interface Erasure {
  readonly keyIds: readonly string[];
}

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
    private readonly audit: AuditWriter,
    private readonly patientKeys: PatientKeys,
    private readonly destruction: KeyDestruction,
    private readonly orders: OrderReader,
  ) {}

  /**
   * Erases everybody who stands for the person today. A hold on anybody whom a merge has ever joined them with prevents it: entries about
   * the held may lie under one of these keys.
   *
   * @param matter the file number of the request.
   * @throws Refusal `patient-not-in-ledger` (404) or `legal-hold` (409): one stands by the table of holds, or by the log, whatever the table
   *   says of it.
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
      const byLog = await Promise.all(joined.map((key) => this.orders.isHeld(key)));
      const isHeld = holds.length > 0 || byLog.includes(true);
      const facts = isHeld
        ? ({ action: 'erasure.refused', outcome: 'denied', reason: 'legal-hold', personId } as const)
        : // Without the person, whose name nobody is to find again.
          ({ action: ERASED, outcome: 'success' } as const);
      const told = keyIds.map((key) => this.audit.write({ ...facts, details: { key, matter } }, { claims }));
      await announce((await Promise.all(told)).map(({ record }) => record));
      if (!isHeld) await manager.query(DESTROY, [keyIds]);
      return !isHeld;
    });
    if (!isErased) throw new Refusal('legal-hold', 409);
    await this.destruction.finish(keyIds);
    return { keyIds };
  }
}
