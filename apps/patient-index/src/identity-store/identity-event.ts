import type { FieldEvidence, LinkRule } from '@hie/matching-engine';

/** The machine's parameters behind a decision, so that it can be explained when they have long changed. */
export interface DecisionBasis {
  readonly modelVersion: string;
  readonly thresholds: LinkRule;
}

/** What made a link: the machine on the evidence, a new person for want of one, a reviewer, or its member by feeding again what it had withdrawn. */
export interface LinkDetails extends DecisionBasis {
  readonly by: 'match' | 'new-person' | 'review' | 'reviewer' | 'restored';
  /** Calibrated; where the machine found a person. */
  readonly probability?: number;
  /** The person who decided, as the exchange names people who act. */
  readonly actor?: string;
  readonly reason?: string;
  /** Of a record that a reviewer has joined to another person, without the others of its own: whose it was. */
  readonly movedFrom?: string;
}

/** How a record stands to a person it may belong to, as the reviewers are shown it: codes and numbers, never a demographic. */
export interface ReviewCandidate {
  readonly personId: string;
  /** The person's record that speaks most for it; absent where nothing was compared. */
  readonly recordId?: string;
  readonly probability?: number;
  /** Posteriors of the classes of pairs, for that record; they sum to 1. */
  readonly posterior?: Readonly<Record<string, number>>;
  /** Each field's contribution in bits, against the likeliest other explanation. */
  readonly fields?: readonly FieldEvidence[];
}

/**
 * What a review is about. `link`: may the record belong to one of the candidates? `merge`: are two persons one? `overlay`: does the
 * quarantined content still describe the record's patient?
 */
export type ReviewSubject = 'link' | 'merge' | 'overlay';

export type ReviewReason =
  | 'rival'
  | 'plausible'
  | 'cut-short'
  | 'temporary-identity'
  | 'newborn'
  | 'deceased'
  | 'changed-record'
  | 'linked-while-merged'
  | 'merge-proposed'
  | 'replaced'
  | 'overlay';

/** `same`: join them. `different`: they are not. For an overlay `same` takes the content over, `different` takes it over as another patient’s, `reject` drops it. */
export type ReviewVerdict = 'same' | 'different' | 'reject';

/** One person's word on a review. */
export interface ReviewWord {
  readonly verdict: ReviewVerdict;
  /** With `same`: the candidate that is meant. */
  readonly personId?: string;
  readonly by: string;
  readonly reason: string;
}

interface RecordEvent<K extends string, D> {
  readonly kind: K;
  readonly recordId: string;
  readonly personId: string;
  readonly details: D;
}

interface PersonEvent<K extends string, D> {
  readonly kind: K;
  readonly recordId: null;
  readonly personId: string;
  readonly details: D;
}

interface ReviewEvent<K extends string, D> {
  readonly kind: K;
  /** Null where a review is about persons alone. */
  readonly recordId: string | null;
  readonly personId: string;
  readonly details: D;
}

/**
 * Everything that can happen to an identity: a closed set. Persons, links and reviews of any moment are what the events until then add
 * up to (`reduceIdentity`). The names are the exchange's own ids; no event holds a demographic.
 *
 * `personId` is the person a record is linked to, for `merged` and `unmerged` the one that was merged into `survivorId`.
 */
export type IdentityEvent =
  | RecordEvent<'record-registered', { readonly memberId: string }>
  | RecordEvent<'record-changed', { readonly version: number }>
  /** Its member has withdrawn it; its link is dissolved with it. */
  | RecordEvent<'record-retracted', { readonly memberId: string }>
  /** Its member has fed again what it had withdrawn: the record is there as it was. */
  | RecordEvent<'record-restored', { readonly memberId: string; readonly version: number }>
  | RecordEvent<'linked', LinkDetails>
  | RecordEvent<
      'unlinked',
      {
        readonly by: string;
        readonly reason: string;
        readonly reviewId?: string;
        /** The last move of the record is taken back: the link that follows is the one before it, as it was made. */
        readonly takesBack?: true;
      }
    >
  | PersonEvent<
      'merged',
      {
        readonly survivorId: string;
        readonly reviewId: string;
        readonly proposedBy: string;
        readonly approvedBy: string;
        readonly reason: string;
      }
    >
  | PersonEvent<'unmerged', { readonly survivorId: string; readonly by: string; readonly reason: string }>
  | ReviewEvent<
      'review-opened',
      {
        readonly reviewId: string;
        readonly subject: ReviewSubject;
        readonly reason: ReviewReason;
        readonly candidates: readonly ReviewCandidate[];
        readonly modelVersion: string;
        /** Absent for one that the machine opened. */
        readonly openedBy?: string;
      }
    >
  | ReviewEvent<
      'review-decided',
      ReviewWord & {
        readonly reviewId: string;
        /** `proposed` waits for a second person; `final` closes the review. */
        readonly stage: 'proposed' | 'final';
        readonly proposedBy?: string;
      }
    >
  /** There is nothing left to decide: the record it is about was retracted. */
  | ReviewEvent<'review-withdrawn', { readonly reviewId: string }>
  | RecordEvent<
      'overlay-suspected',
      DecisionBasis & {
        readonly reviewId: string;
        /** That the old content and the new are of one person. */
        readonly probability: number;
        readonly fields: readonly FieldEvidence[];
      }
    >;

export type IdentityEventKind = IdentityEvent['kind'];

/** What changes who somebody is: an answer about them that was decided before may be about somebody else. */
export const moveKinds = [
  'merged',
  'unmerged',
  'unlinked',
  'record-retracted',
] as const satisfies readonly IdentityEventKind[];

type Move = Extract<IdentityEvent, { readonly kind: (typeof moveKinds)[number] }>;

export const isMove = (event: IdentityEvent): event is Move => (moveKinds as readonly string[]).includes(event.kind);

export type MergeEvent = Extract<IdentityEvent, { kind: 'merged' | 'unmerged' }>;

export const isMerge = (event: IdentityEvent): event is MergeEvent =>
  event.kind === 'merged' || event.kind === 'unmerged';

/** The persons that a move concerns, by the ids that it names. */
export const movedPersons = (move: Move): readonly string[] =>
  'survivorId' in move.details ? [move.personId, move.details.survivorId] : [move.personId];
