import { Injectable } from '@nestjs/common';

import { Quarantine } from '../detect-overlay/quarantine.js';
import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { asFed, withFormerValues } from '../identity-store/former-values.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { isStandIn, traitsOf } from '../identity-store/record-traits.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import { AskAgain } from '../review-identities/ask-again.js';
import type { Registered } from './create-record.js';

/** Brings a known record to another content, as a part of a change. */
@Injectable()
export class ChangeRecord {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly quarantine: Quarantine,
    private readonly askAgain: AskAgain,
  ) {}

  /** @returns what became of it, and the record as it is now. */
  async change(changes: IdentityChanges, before: OpenedRecord, fed: StoredRecord): Promise<Registered> {
    if (JSON.stringify(asFed(before.content)) === JSON.stringify(fed)) return ['unchanged', before];
    if (await this.quarantine.takes(changes, before, fed)) return ['quarantined', before];
    const { recordId, memberId, personId, version } = before.entity;
    const content = withFormerValues(before.content, fed, isStandIn(before.content));
    const matchRecord = storedMatchRecord(content);
    const traits = traitsOf(content);
    changes.undo.push(this.index.update(recordId, matchRecord, storedMatchRecord(before.content), traits));
    const entity = this.records.seal({ recordId, memberId, personId, version: version + 1 }, content);
    changes.records.push(entity);
    if (before.content.patientId !== content.patientId) changes.linked.push({ entity, content });
    changes.events.push({ kind: 'record-changed', recordId, personId, details: { version: version + 1 } });
    await this.askAgain.about(changes, recordId, content);
    return ['changed', { entity, content }];
  }
}
