import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { IdentityWriter } from '../identity-store/identity-writer.js';
import { SourceRecordRepository } from '../identity-store/source-record.repository.js';
import type { StoredRecord } from '../identity-store/stored-record.js';
import { Tombstones } from '../retract-record/tombstones.js';
import { ChangeRecord } from './change-record.js';
import { CreateRecord, type Registration } from './create-record.js';

/** Gives members' records their place in the patient index: a feed message is one change (`IdentityWriter`). */
@Injectable()
export class RegisterRecordHandler {
  constructor(
    private readonly records: SourceRecordRepository,
    private readonly writer: IdentityWriter,
    private readonly creation: CreateRecord,
    private readonly alteration: ChangeRecord,
    private readonly tombstones: Tombstones,
  ) {}

  /** @returns for each record, in order, what became of it. */
  register(memberId: string, contents: readonly StoredRecord[], claims: TransactionClaims): Promise<Registration[]> {
    return this.writer.write(claims, async (changes) => {
      await this.records.ensureKey(memberId);
      const known = await this.records.findByIdentifiers(
        memberId,
        contents.map(({ identifier }) => identifier),
      );
      const byIdentifier = new Map(known.map((record) => [identifierKey(record.content), record]));
      const isNew = (content: StoredRecord): boolean => !byIdentifier.has(identifierKey(content));
      const tombstones = await this.tombstones.find(memberId, contents.filter(isNew));

      const registrations: Registration[] = [];
      for (const content of contents) {
        const before = byIdentifier.get(identifierKey(content));
        const [registration, after] =
          before === undefined
            ? await this.creation.create(
                changes,
                memberId,
                content,
                tombstones.get(this.tombstones.keyOf(memberId, content)),
              )
            : await this.alteration.change(changes, before, content);
        byIdentifier.set(identifierKey(content), after);
        registrations.push(registration);
      }
      const quarantined = registrations.filter((each) => each === 'quarantined').length;
      const details = { records: changes.records.length, quarantined };
      changes.facts.push({ action: 'records.registered', outcome: 'success', details });
      return registrations;
    });
  }
}

const identifierKey = ({ identifier }: StoredRecord): string => `${identifier.system}|${identifier.value.trim()}`;
