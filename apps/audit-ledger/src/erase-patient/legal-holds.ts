import { randomUUID } from 'node:crypto';

import { AuditWriter } from '@hie/messaging';
import { UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';

import { PatientKeys } from '../patient-keys/patient-keys.js';
import { LegalHoldEntity } from './legal-hold.entity.js';
import { lockJoined } from './lock-joined.js';

/** Legal holds: what a court or an investigation may need is not erased meanwhile. Placing and lifting one are entries. */
@Injectable()
export class LegalHolds {
  constructor(
    private readonly source: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditWriter,
    private readonly patientKeys: PatientKeys,
  ) {}

  /** Places a hold. A person of whom the ledger knows nothing yet can be held too. */
  async place(personId: string, matter: string, claims: TransactionClaims): Promise<{ readonly holdId: string }> {
    const { keyId } = await this.patientKeys.of(personId);
    const holdId = randomUUID();
    await this.unitOfWork.run(async ({ manager, announce }) => {
      // An erasure under way ends first; what it left has nothing to hold.
      const joined = await lockJoined(manager, [keyId]);
      if (!joined.includes(keyId)) throw new Refusal('patient-not-in-ledger', 404);
      await manager.insert(LegalHoldEntity, { holdId, keyId, matter });
      const facts = { action: 'hold.placed', outcome: 'success', personId, details: { hold: holdId, matter } } as const;
      await announce([(await this.audit.write(facts, { claims })).record]);
    });
    return { holdId };
  }

  /** @throws Refusal `hold-not-found` (404) when there is none, or it was lifted before. */
  async lift(holdId: string, claims: TransactionClaims): Promise<void> {
    await this.unitOfWork.run(async ({ manager, announce }) => {
      const open = { holdId, liftedAt: IsNull() };
      const { affected } = await manager.update(LegalHoldEntity, open, { liftedAt: new Date() });
      if (affected !== 1) throw new Refusal('hold-not-found', 404);
      const facts = { action: 'hold.lifted', outcome: 'success', details: { hold: holdId } } as const;
      await announce([(await this.audit.write(facts, { claims })).record]);
    });
  }

  /** Those not lifted, oldest first. */
  async open(): Promise<readonly LegalHoldEntity[]> {
    return this.source
      .getRepository(LegalHoldEntity)
      .find({ where: { liftedAt: IsNull() }, order: { placedAt: 'ASC' }, take: 1_000 });
  }
}
