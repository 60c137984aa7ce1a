import { AuditTrail } from '@hie/messaging';
import { PinoLogger } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

/** What was found in the ledger's tables that the log does not say; the codes are the entries' reasons. */
export type Tampering =
  /** Entries without a row. */
  | 'rows-missing'
  /** A row of an entry that the ledger did not write as it is. */
  | 'row-changed'
  /** An entry that the service it names has not signed: somebody wrote it who has the ledger's own keys. */
  | 'entry-forged'
  /** A patient's key that was destroyed is there again; it was destroyed again. */
  | 'key-back'
  /** A legal hold that was taken away, changed, or lifted by nobody, or one that was lifted and stood again; it was put right. */
  | 'hold-changed'
  /** An event of a case that is gone, or another: what was said is lost. */
  | 'case-event-missing'
  /** What lists say of a case is not what its events add up to; it was put right. */
  | 'case-changed';

/** Codes, counts, positions and ids. */
export type TamperingDetails = Readonly<Record<string, string | number>>;

/** What is not a changed row, in the ledger's words. */
const actions: Readonly<Partial<Record<Tampering, string>>> = {
  'rows-missing': 'ledger.rows-missing',
  'entry-forged': 'ledger.entry-forged',
};

/** Says aloud that somebody has written into the ledger's tables: in the log of the service, and in the ledger. */
@Injectable()
export class TamperAlarm {
  constructor(
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  async raise(reason: Tampering, details: TamperingDetails): Promise<void> {
    this.logger.error({ code: reason, ...details }, 'ledger tables changed');
    const action = actions[reason] ?? 'ledger.rows-changed';
    await this.trail.record({ action, outcome: 'failed', reason, details }, {});
  }

  /** For what kept somebody from looking. */
  failed(error: unknown): void {
    this.logger.error({ err: error }, 'projection not checked');
  }
}
