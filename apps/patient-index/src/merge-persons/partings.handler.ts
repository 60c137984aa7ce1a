import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import { rootOf } from '../identity-store/person-forest.js';
import { SourceRecordRepository } from '../identity-store/source-record.repository.js';
import type { Steward } from '../review-identities/acting-person.js';
import { candidateOf, openReview } from '../review-identities/open-review.js';
import { DisclosureReport, type Disclosures } from './disclosure-report.js';
import { PersonMoves } from './person-moves.js';

/** What a person has to know who has parted two: what stands now, and who was told what while they were one. */
export interface Parting extends Disclosures {
  readonly personId: string;
  readonly survivorId: string;
  /** Records that are the person's again. */
  readonly recordIds: readonly string[];
  /** Records that were linked to the survivor meanwhile and may be the person's; each has a review. */
  readonly linkedMeanwhile: readonly string[];
}

/** Takes merges and links back. One person's word is enough: until it is right, whoever is kept apart is disclosed to nobody. */
@Injectable()
export class PartingsHandler {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly moves: PersonMoves,
    private readonly writer: IdentityWriter,
    private readonly report: DisclosureReport,
  ) {}

  /** @throws Refusal `person-unknown` 404, `not-merged` 409 */
  async unmerge(personId: string, reason: string, { name, claims }: Steward): Promise<Parting> {
    const parted = await this.writer.write(claims, async (changes) => {
      const group = new Set(this.index.idsOf(personId));
      const others = this.index.idsOf(rootOf(this.index, personId)).filter((each) => !group.has(each));
      const survivorId = this.moves.unmerge(changes, personId, { by: name, reason });
      const { since, recordIds: linkedMeanwhile } = await this.report.sinceMerge(personId, others);
      const recordIds = this.index.recordsUnder(personId);
      const asked = linkedMeanwhile.filter((recordId) => this.askAgain(changes, recordId, personId));
      const details = { records: recordIds.length };
      for (const about of [personId, survivorId]) {
        changes.facts.push({ action: 'persons.unmerged', outcome: 'success', personId: about, details });
      }
      return { personId, survivorId, recordIds, linkedMeanwhile: asked, since };
    });
    const { since, ...told } = parted;
    return { ...told, ...(await this.report.of(personId, { since })) };
  }

  /**
   * Takes one record off its person: a record that reviewers have moved there goes back to the person it was moved from, under the link that
   * it had; any other stands alone then, and so does one whose former person has become one with this.
   *
   * @throws Refusal `record-unknown` 404, `record-alone` 409
   */
  async takeOff(recordId: string, reason: string, { name, claims }: Steward): Promise<Parting> {
    const parted = await this.writer.write(claims, async (changes) => {
      const [record] = await this.records.findByIds([recordId]);
      if (record === undefined) throw new Refusal('record-unknown', 404);
      const survivorId = record.entity.personId;
      const personId = await this.moves.part(changes, record, { by: name, reason });
      for (const about of [personId, survivorId]) {
        changes.facts.push({ action: 'record.unlinked', outcome: 'success', personId: about });
      }
      return { personId, survivorId, recordIds: [recordId], linkedMeanwhile: [] };
    });
    return { ...parted, ...(await this.report.of(parted.survivorId, { recordId })) };
  }

  /** A record that came while two were one may be either's. @returns whether it is still there to be asked about. */
  private askAgain(changes: IdentityChanges, recordId: string, personId: string): boolean {
    const linkedTo = this.index.stateOf(recordId)?.personId;
    const match = this.index.compare(recordId, personId);
    if (linkedTo === undefined || match === undefined) return false;
    const { modelVersion } = this.index.basis;
    const opening = {
      subject: 'link',
      reason: 'linked-while-merged',
      recordId,
      personId: linkedTo,
      modelVersion,
    } as const;
    openReview(changes, { ...opening, candidates: [candidateOf(match)] });
    return true;
  }
}
