import { Injectable } from '@nestjs/common';

import { IdentityEventRepository } from '../identity-store/identity-event.repository.js';
import { type Disclosure, DisclosureIndex } from './named-persons.js';
import { MARGIN_MS, standingUnder } from './standing-under.js';

/** More than so many a person reads as a file, by asking again later. */
const MOST = 1_000;

export interface Disclosures {
  readonly disclosures: readonly Disclosure[];
  /** False where there are more than are listed. */
  readonly isComplete: boolean;
}

/** Finds out who was told of two persons as one. */
@Injectable()
export class DisclosureReport {
  constructor(
    private readonly events: IdentityEventRepository,
    private readonly index: DisclosureIndex,
  ) {}

  /** Since when a person is merged, and which records have been linked since then to those it stands under. */
  async sinceMerge(personId: string, others: readonly string[]) {
    const merged = (await this.events.merges()).findLast(
      (each) => each.kind === 'merged' && each.personId === personId,
    );
    if (merged === undefined) throw new RangeError('The person has never been merged.');
    return { since: merged.at, recordIds: await this.events.linkedTo(others, merged.seq) };
  }

  /** While the person was answered for under another's id, from `since` on. */
  async ofPerson(personId: string, since: Date): Promise<Disclosures> {
    const within = { since, until: new Date() };
    return this.during(standingUnder(personId, await this.events.merges(), within));
  }

  /** While a record stood under a person it has been taken off from. */
  async ofRecord(recordId: string, personId: string): Promise<Disclosures> {
    let since: Date | undefined;
    for (const event of await this.events.ofRecord(recordId)) {
      if (event.kind === 'linked' && event.personId === personId) since = event.at;
    }
    if (since === undefined) return { disclosures: [], isComplete: true };
    const within = { since, until: new Date() };
    const own = { personId, since: new Date(since.getTime() - MARGIN_MS), until: new Date(Date.now() + MARGIN_MS) };
    return this.during([own, ...standingUnder(personId, await this.events.merges(), within)]);
  }

  private async during(standings: Parameters<DisclosureIndex['during']>[0]): Promise<Disclosures> {
    const found = await this.index.during(standings, MOST + 1);
    return { disclosures: found.slice(0, MOST), isComplete: found.length <= MOST };
  }
}
