import { AuditTrail } from '@hie/messaging';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { IdentityEventRepository, type StoredEvent } from '../identity-store/identity-event.repository.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import type { Steward } from '../review-identities/acting-person.js';
import { DisclosureReport, type Disclosures, type DisclosureSpan } from './disclosure-report.js';
import type { LastDisclosure } from './named-persons.js';

const MOST_EVENTS = 2_000;

/** One person as the exchange came to know it. Ids, codes and numbers; no demographic. */
export interface PersonHistory extends Disclosures {
  /** Whom the id asked for stands for today. */
  readonly personId: string;
  readonly formerPersonIds: readonly string[];
  readonly recordIds: readonly string[];
  /** In order; the newest `MOST_EVENTS`. Every link among them names the model and the thresholds that made it. */
  readonly events: readonly StoredEvent[];
}

/** Answers for every link of a person, and for who was told while it was merged. */
@Injectable()
export class PersonHistories {
  constructor(
    private readonly index: IdentityIndex,
    private readonly events: IdentityEventRepository,
    private readonly report: DisclosureReport,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @param span of its disclosures: all while it was merged, unless said. @param after the last of the page before
   * @throws Refusal `person-unknown` 404
   */
  async read(
    personId: string,
    { claims }: Steward,
    span: DisclosureSpan = { since: new Date(0) },
    after?: LastDisclosure,
  ): Promise<PersonHistory> {
    const resolved = this.index.resolve(personId);
    if (resolved === undefined) throw new Refusal('person-unknown', 404);
    const facts = {
      action: 'person.read',
      outcome: 'success',
      personId: resolved.personId,
    } as const;
    await this.audit.record(facts, { claims });
    const recordIds = this.index.recordsUnder(resolved.personId);
    const personIds = [resolved.personId, ...resolved.formerPersonIds, personId];
    const events: StoredEvent[] = [];
    for await (const event of this.events.read({ recordIds, personIds })) events.push(event);
    const disclosed = await this.report.of(personId, span, after);
    const { formerPersonIds } = resolved;
    return {
      personId: resolved.personId,
      formerPersonIds,
      recordIds,
      events: events.slice(-MOST_EVENTS),
      ...disclosed,
    };
  }
}
