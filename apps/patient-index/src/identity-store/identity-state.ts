import type { IdentityEvent, LinkDetails, ReviewSubject, ReviewWord } from './identity-event.js';
import type { PersonForest } from './person-forest.js';
import { rootOf } from './person-forest.js';

/** A record and the link it has. */
export interface RecordState {
  readonly memberId: string;
  readonly version: number;
  /** The person it is linked to, which a merge does not change; `undefined` between the taking off and the new link of one move. */
  readonly personId: string | undefined;
  readonly link: LinkDetails | undefined;
}

export interface ReviewState {
  readonly subject: ReviewSubject;
  readonly status: 'open' | 'proposed' | 'decided' | 'withdrawn';
  /** Whose words closed or propose to close it. */
  readonly word?: ReviewWord;
  readonly proposedBy?: string;
}

/** Everybody's identity at one moment. */
export interface IdentityState {
  readonly records: ReadonlyMap<string, RecordState>;
  /** Every person there ever was, with whom it redirects to. */
  readonly persons: ReadonlyMap<string, { readonly survivorId?: string }>;
  readonly reviews: ReadonlyMap<string, ReviewState>;
}

interface Draft extends IdentityState {
  readonly records: Map<string, RecordState>;
  readonly persons: Map<string, { readonly survivorId?: string }>;
  readonly reviews: Map<string, ReviewState>;
}

export const noIdentities: IdentityState = { records: new Map(), persons: new Map(), reviews: new Map() };

/** What one event makes of a state; the state given is left as it was. @throws RangeError for an event that can't follow it. */
export const reduceIdentity = (state: IdentityState, event: IdentityEvent): IdentityState =>
  replayIdentity([event], state);

/** What many events in their order make of a state, at the cost of one copy of it. @throws RangeError as `reduceIdentity`. */
export function replayIdentity(events: Iterable<IdentityEvent>, from: IdentityState = noIdentities): IdentityState {
  const draft: Draft = {
    records: new Map(from.records),
    persons: new Map(from.persons),
    reviews: new Map(from.reviews),
  };
  for (const event of events) apply(draft, event);
  return draft;
}

/** The forest of merges in a state. */
export const forestOf = ({ persons }: IdentityState): PersonForest => ({
  has: (personId) => persons.has(personId),
  survivorOf: (personId) => persons.get(personId)?.survivorId,
});

/** Whose a record is once merges are followed. */
export function ownerIn(state: IdentityState, recordId: string): string | undefined {
  const personId = state.records.get(recordId)?.personId;
  return personId === undefined ? undefined : rootOf(forestOf(state), personId);
}

/** Where the record locator must find each record: by the person it is linked to. */
export const pointersIn = ({ records }: IdentityState): ReadonlyMap<string, string | undefined> =>
  new Map([...records].map(([recordId, { personId }]) => [recordId, personId]));

function apply(draft: Draft, event: IdentityEvent): void {
  switch (event.kind) {
    case 'record-registered': {
      const { memberId } = event.details;
      draft.records.set(event.recordId, { memberId, version: 1, personId: undefined, link: undefined });
      return;
    }
    case 'record-changed':
      draft.records.set(event.recordId, { ...recordIn(draft, event.recordId), version: event.details.version });
      return;
    case 'record-retracted':
      recordIn(draft, event.recordId);
      draft.records.delete(event.recordId);
      return;
    case 'record-restored': {
      const { memberId, version } = event.details;
      if (draft.records.has(event.recordId)) throw new RangeError('A record was restored that is there.');
      draft.records.set(event.recordId, { memberId, version, personId: undefined, link: undefined });
      return;
    }
    case 'linked': {
      const { personId, details } = event;
      if (!draft.persons.has(personId)) draft.persons.set(personId, {});
      draft.records.set(event.recordId, { ...recordIn(draft, event.recordId), personId, link: details });
      return;
    }
    case 'unlinked': {
      const record = recordIn(draft, event.recordId);
      if (record.personId !== event.personId) throw new RangeError('A record was unlinked from another person.');
      draft.records.set(event.recordId, { ...record, personId: undefined, link: undefined });
      return;
    }
    case 'merged': {
      const { survivorId } = event.details;
      const forest = forestOf(draft);
      if (!forest.has(survivorId) || !forest.has(event.personId)) throw new RangeError('A stranger was merged.');
      if (rootOf(forest, survivorId) === event.personId) throw new RangeError('A person was merged into itself.');
      draft.persons.set(event.personId, { survivorId });
      return;
    }
    case 'unmerged':
      if (draft.persons.get(event.personId)?.survivorId !== event.details.survivorId)
        throw new RangeError('A merge was taken back that did not stand.');
      draft.persons.set(event.personId, {});
      return;
    case 'review-opened':
      draft.reviews.set(event.details.reviewId, { subject: event.details.subject, status: 'open' });
      return;
    case 'review-withdrawn': {
      const { reviewId } = event.details;
      draft.reviews.set(reviewId, { ...openReviewIn(draft, reviewId), status: 'withdrawn' });
      return;
    }
    case 'review-decided':
      decide(draft, event.details);
      return;
    case 'overlay-suspected':
      if (!draft.reviews.has(event.details.reviewId)) throw new RangeError('An overlay has no review.');
      return;
  }
}

function decide(draft: Draft, details: Extract<IdentityEvent, { kind: 'review-decided' }>['details']): void {
  const review = openReviewIn(draft, details.reviewId);
  const { verdict, personId, by, reason, stage, proposedBy } = details;
  draft.reviews.set(details.reviewId, {
    subject: review.subject,
    status: stage === 'final' ? 'decided' : 'proposed',
    word: { verdict, by, reason, ...(personId === undefined ? {} : { personId }) },
    ...(proposedBy === undefined ? {} : { proposedBy }),
  });
}

function openReviewIn({ reviews }: Draft, reviewId: string): ReviewState {
  const review = reviews.get(reviewId);
  if (review === undefined || review.status === 'decided' || review.status === 'withdrawn')
    throw new RangeError('A review was decided that is not open.');
  return review;
}

function recordIn({ records }: Draft, recordId: string): RecordState {
  const record = records.get(recordId);
  if (record === undefined) throw new RangeError('An event names a record that was never registered.');
  return record;
}
