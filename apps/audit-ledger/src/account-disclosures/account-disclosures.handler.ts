import { type Disclosure, accountDisclosures } from '@hie/ledger-report';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { isOwn } from '../follow-merges/person-standings.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { LoggedTrail } from '../read-entries/logged-trail.js';
import { LogView, droppedRanges, headOf, sizeOf } from '../read-log/log-view.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';
import { AccountStore } from './account.store.js';
import { type AccountRequest, type Accounting, isAskedFor } from './accounting.js';
import { named } from './named.js';

/** Says to whom a patient's record was disclosed, and tells the ledger that it was asked. */
@Injectable()
export class AccountDisclosuresHandler {
  constructor(
    private readonly store: AccountStore,
    private readonly pages: EntryPageStore,
    private readonly patients: PatientKeys,
    private readonly view: LogView,
    private readonly trail: LoggedTrail,
    private readonly members: MemberDirectory,
  ) {}

  /** @param names of the request's parameters: the ledger's own entry holds no values. */
  async account(request: AccountRequest, names: readonly string[], claims: TransactionClaims): Promise<Accounting> {
    const { personId, period, isWithExempt, format } = request;
    const held = await this.pages.extent(droppedRanges((await this.view.current()).shards));
    const { shards } = await this.view.current();
    const size = Math.min(held, sizeOf(shards));
    const keys = await this.patients.keysOf(personId);
    const entries = keys.length === 0 ? [] : await this.store.entriesOf(keys, period, size);
    const own = new Set(keys.filter(isOwn).map(({ keyId }) => keyId));
    const nameOf = (memberId: string) => this.members.find(memberId)?.name;
    const disclosures = accountDisclosures(entries, own)
      .filter((disclosure) => isAskedFor(request, disclosure))
      .map((disclosure) => named(disclosure, nameOf));
    await this.trail.record(
      {
        action: 'disclosures.accounted',
        outcome: disclosures.length > 0 ? 'success' : 'empty',
        details: { criteria: [...names], disclosures: disclosures.length, format },
        ...(keys.length === 0 ? {} : { personId }),
      },
      { claims },
    );
    const shown = claims.tctx.purp === 'HCOMPL' ? disclosures : disclosures.map(asThePatientSees);
    return { disclosures: shown, period, isWithExempt, size, checkpoint: headOf(shards).raw, madeAt: new Date() };
  }
}

/**
 * A patient who asks is told which organisation and system received, not the name of somebody who works there; and of what was given while
 * two persons were taken for one, not where the other has records.
 */
function asThePatientSees({ recipient: { userId: _person, ...recipient }, ...disclosure }: Disclosure): Disclosure {
  return { ...disclosure, recipient, ...(disclosure.isWhileMerged ? { sources: [], sourceNames: [] } : {}) };
}
