import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { IdentityWriter } from '../identity-store/identity-writer.js';
import { SourceRecordRepository } from '../identity-store/source-record.repository.js';
import type { StoredRecord } from '../identity-store/stored-record.js';
import { Tombstones } from '../retract-record/tombstones.js';
import { PlaceRecord, type Placing } from './place-record.js';

/** Gives members' records their place in the patient index: a feed message is one change (`IdentityWriter`). */
@Injectable()
export class RegisterRecordHandler {
  constructor(
    private readonly records: SourceRecordRepository,
    private readonly writer: IdentityWriter,
    private readonly placing: PlaceRecord,
    private readonly tombstones: Tombstones,
  ) {}

  /** @returns for each record, in order, what became of it. */
  register(memberId: string, contents: readonly StoredRecord[], claims: TransactionClaims): Promise<Placing[]> {
    return this.writer.write(claims, async (changes) => {
      await this.records.ensureKey(memberId);
      const identifiers = contents.flatMap(({ identifier, replacedBy }) => [identifier, replacedBy ?? []].flat());
      const known = await this.records.findByIdentifiers(memberId, identifiers);
      const byIdentifier = new Map(known.map((record) => [identifierKey(record.content.identifier), record]));
      const isNew = ({ identifier }: StoredRecord): boolean => !byIdentifier.has(identifierKey(identifier));
      const tombstones = await this.tombstones.find(memberId, contents.filter(isNew));

      const registrations: Placing[] = [];
      for (const content of contents) {
        const { identifier, replacedBy } = content;
        const [placing, after] = await this.placing.place(changes, memberId, content, {
          before: byIdentifier.get(identifierKey(identifier)),
          tombstone: tombstones.get(this.tombstones.keyOf(memberId, content)),
          survivor: replacedBy === undefined ? undefined : byIdentifier.get(identifierKey(replacedBy)),
        });
        if (after !== undefined) byIdentifier.set(identifierKey(identifier), after);
        registrations.push(placing);
      }
      const quarantined = registrations.filter((each) => each === 'quarantined').length;
      const details = { records: changes.records.length, quarantined };
      changes.facts.push({ action: 'records.registered', outcome: 'success', details });
      return registrations;
    });
  }
}

const identifierKey = ({ system, value }: StoredRecord['identifier']): string => `${system}|${value.trim()}`;
