/** What is sent to a member: that there is something to read at the door, and nothing of the patient. */
export interface SentNotice {
  readonly noticeId: string;
  readonly txn: string;
  /** ISO 8601. */
  readonly issuedAt: string;
}

/**
 * How members are told without being asked.
 *
 * Delivered is not acknowledged: that is somebody's word at the door, and until then the notice comes again.
 */
export abstract class NoticePort {
  /** The members that can be reached this way; the others read at the door. */
  abstract readonly members: readonly string[];

  /** @throws when the member did not take it. */
  abstract deliver(memberId: string, notice: SentNotice): Promise<void>;
}
