import { Injectable } from '@nestjs/common';

import { IdentityEventRepository } from '../identity-store/identity-event.repository.js';
import { type Disclosure, DisclosureIndex, type LastDisclosure } from './named-persons.js';
import { lastStay } from './last-stay.js';
import { type Standing, standingUnder, withMargin } from './standing-under.js';

/** So many a page. */
export const MOST_DISCLOSURES = 1_000;
/** What is released is in the ledger under this action before it leaves; refused and withheld queries have no such entry. */
const RELEASED = 'answer.assembled';

/** A transaction that named the person, and where the ledger says whether and what it released: no entry there, nothing released. */
export interface ToldDisclosure extends Disclosure {
  readonly ledger: string;
}

export interface Disclosures {
  readonly disclosures: readonly ToldDisclosure[];
  /** False where there are more than are listed. */
  readonly isComplete: boolean;
  /** Where the next page is; absent on the last. */
  readonly next?: string;
}

/** Which disclosures of a person are meant: under other persons' ids since a moment, or while one record was linked to it. */
export type DisclosureSpan = { readonly since: Date } | { readonly recordId: string };

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

  /** A page of the transactions that named a person as one with another. @param after the last of the page before */
  async of(personId: string, span: DisclosureSpan, after?: LastDisclosure): Promise<Disclosures> {
    const found = await this.index.during(await this.standingsOf(personId, span), MOST_DISCLOSURES + 1, after);
    const page = found.slice(0, MOST_DISCLOSURES);
    const last = page.at(-1);
    const isComplete = found.length <= MOST_DISCLOSURES;
    return {
      disclosures: page.map((each) => ({ ...each, ledger: `/ledger/entries?txn=${each.txn}&action=${RELEASED}` })),
      isComplete,
      ...(isComplete || last === undefined ? {} : { next: nextPage(personId, span, last) }),
    };
  }

  private async standingsOf(personId: string, span: DisclosureSpan): Promise<readonly Standing[]> {
    const merges = await this.events.merges();
    if ('since' in span) return standingUnder(personId, merges, { since: span.since, until: new Date() });
    const stay = lastStay(personId, await this.events.ofRecord(span.recordId), new Date());
    return stay === undefined ? [] : [withMargin(stay), ...standingUnder(personId, merges, stay)];
  }
}

function nextPage(personId: string, span: DisclosureSpan, { txn, personId: by }: LastDisclosure): string {
  const of = 'since' in span ? { since: span.since.toISOString() } : { record: span.recordId };
  return `/identity/persons/${personId}?${new URLSearchParams({ ...of, after: `${txn}.${by}` })}`;
}
