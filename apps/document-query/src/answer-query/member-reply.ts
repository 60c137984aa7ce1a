import type { Custodian } from '@hie/contracts';
import type { CoverageReason, CoverageStatus, MemberAnswer } from '@hie/fhir';

/** What came of asking one member once. */
export type MemberReply =
  | {
      readonly kind: 'answered';
      readonly answer: MemberAnswer;
      readonly elapsedMs: number;
      readonly retrievedAt: string;
    }
  | {
      readonly kind: 'failed';
      readonly status: CoverageStatus;
      readonly reason: CoverageReason;
      readonly elapsedMs: number;
    };

/** One custodian and all replies it gave so far: first the critical set, then the rest. */
export interface CustodianReplies {
  readonly custodian: Custodian;
  /** The member's name, for people. */
  readonly name: string;
  /** The member's FHIR base; absent where it was not asked. */
  readonly baseUrl?: string;
  readonly replies: readonly MemberReply[];
}

/** A reply that had not come when the answer had to be given. */
export const overdue = (elapsedMs: number): MemberReply => ({
  kind: 'failed',
  status: 'timed-out',
  reason: 'deadline-passed',
  elapsedMs,
});
