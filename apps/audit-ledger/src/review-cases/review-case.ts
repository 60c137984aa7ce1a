/** Somebody who acts on a case: a person of a member, or where no person is named, the member's system. */
export interface Actor {
  readonly memberId: string;
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
}

export const caseReasons = ['break-glass', 'sampled-random', 'sampled-risk', 'reported'] as const;
export type CaseReason = (typeof caseReasons)[number];

export const caseOutcomes = ['justified', 'not-justified', 'escalated'] as const;
export type CaseOutcome = (typeof caseOutcomes)[number];

/** What happened to a case. Events are added and never changed; the state is what they add up to. */
export type CaseEvent =
  | {
      readonly kind: 'opened';
      readonly reason: CaseReason;
      /** The transaction under review. */
      readonly txn: string;
      /** Who asked in it: the one whom the case concerns. */
      readonly concerned: Actor;
      /** ISO 8601. */
      readonly dueAt: string;
    }
  | { readonly kind: 'assigned'; readonly to: Actor }
  | { readonly kind: 'commented'; readonly text: string }
  | { readonly kind: 'closed'; readonly outcome: CaseOutcome; readonly text?: string };

/** An event as it was told. */
export interface ToldCaseEvent {
  readonly by: Actor;
  /** ISO 8601. */
  readonly at: string;
  readonly event: CaseEvent;
}

/** A case as its events leave it. */
export interface ReviewCase {
  readonly reason: CaseReason;
  readonly txn: string;
  readonly concerned: Actor;
  readonly openedAt: string;
  readonly dueAt: string;
  readonly assignee?: Actor;
  readonly outcome?: CaseOutcome;
  readonly closedAt?: string;
}

export type CaseRefusal =
  | 'case-closed'
  | 'reviewer-concerned'
  | 'reviewer-unnamed'
  | 'not-the-assignee'
  | 'actor-concerned'
  | 'case-unassigned';

const DAY_MS = 24 * 3_600_000;
/** How long a review may take, in days. A broken glass is looked at while people remember. */
const DAYS: Readonly<Record<CaseReason, number>> = {
  'break-glass': 3,
  'sampled-risk': 7,
  'sampled-random': 14,
  reported: 7,
};

/** When a case that is opened at a moment is due. */
export const dueAtOf = (reason: CaseReason, openedAtMs: number): string =>
  new Date(openedAtMs + DAYS[reason] * DAY_MS).toISOString();

/** @throws RangeError for events that do not begin with the opening: a defect, or a table that was written into. */
export function caseOf(events: readonly ToldCaseEvent[]): ReviewCase {
  const [first, ...later] = events;
  if (first?.event.kind !== 'opened') throw new RangeError('A case begins with its opening.');
  const { reason, txn, concerned, dueAt } = first.event;
  return later.reduce<ReviewCase>(
    (state, { event, at }) => {
      if (event.kind === 'assigned') return { ...state, assignee: event.to };
      return event.kind === 'closed' ? { ...state, outcome: event.outcome, closedAt: at } : state;
    },
    { reason, txn, concerned, dueAt, openedAt: first.at },
  );
}

/**
 * Whether an event may be added to a case.
 *
 * Nobody reviews themselves: a case is assigned to a named person who is not the one who asked, nor somebody at the member that asked where
 * it named no person, because anybody there may have been it. Whoever is concerned adds nothing to the case. Only the assignee says how it
 * ended, and after that nothing is added.
 *
 * @returns the refusal's code, or `undefined` when it may.
 */
export function refusalOf(
  state: ReviewCase,
  event: Exclude<CaseEvent, { kind: 'opened' }>,
  by: Actor,
): CaseRefusal | undefined {
  if (state.closedAt !== undefined) return 'case-closed';
  if (isConcerned(by, state.concerned)) return 'actor-concerned';
  switch (event.kind) {
    case 'assigned':
      if (event.to.userId === undefined) return 'reviewer-unnamed';
      return isConcerned(event.to, state.concerned) ? 'reviewer-concerned' : undefined;
    case 'closed':
      if (state.assignee === undefined) return 'case-unassigned';
      return isSame(by, state.assignee) ? undefined : 'not-the-assignee';
    case 'commented':
      return undefined;
  }
}

/** Whether somebody may be the one whom a case is about. */
function isConcerned(somebody: Actor, concerned: Actor): boolean {
  if (somebody.memberId !== concerned.memberId) return false;
  return concerned.userId === undefined || somebody.userId === undefined || somebody.userId === concerned.userId;
}

const isSame = (one: Actor, other: Actor): boolean => one.memberId === other.memberId && one.userId === other.userId;

/** Whether a case is open past its time. */
export const isOverdue = ({ dueAt, closedAt }: Pick<ReviewCase, 'dueAt' | 'closedAt'>, nowMs: number): boolean =>
  closedAt === undefined && Date.parse(dueAt) < nowMs;
