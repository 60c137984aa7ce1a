import {
  type Candidate,
  type LinkRule,
  type MatchIndex,
  type PatientRecord,
  createMatchIndex,
  decidePersonLink,
  defaultLinkRule,
  personEvidence,
  personProbability,
} from '@hie/matching-engine';
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { PatientIndexConfig } from '../patient-index.config.js';
import { IdentifierUse } from './identifier-use.js';

/** How a searched record stands to one known person. */
export interface PersonMatch {
  readonly personId: string;
  /** `link`: the same person; `review`: a person should look; `apart`: not this one. */
  readonly verdict: 'link' | 'review' | 'apart';
  readonly probability: number;
  /** Ids of this person's records that were found, most probable first. */
  readonly recordIds: readonly string[];
}

export interface PersonSearch {
  /** Most probable first. */
  readonly matches: readonly PersonMatch[];
  /** False when the search was cut short; then nothing is certain. */
  readonly complete: boolean;
}

/** What is needed to take a change back. */
export type Undo = () => void;

/**
 * The in-memory index of everybody: the match engine's rows, and which record and person each row is.
 *
 * A projection: PostgreSQL is the truth. One writer; a change whose transaction failed is undone.
 */
@Injectable()
export class IdentityIndex {
  private readonly index: MatchIndex;
  private readonly rule: LinkRule = defaultLinkRule;
  private readonly identifierUse = new IdentifierUse();
  private readonly forgetUse = new Map<string, () => void>();
  private readonly rowOf = new Map<string, number>();
  private readonly recordAt = new Map<number, { readonly recordId: string; personId: string }>();
  private readonly recordsOf = new Map<string, Set<string>>();
  private readonly survivorOf = new Map<string, string>();
  private readonly formerOf = new Map<string, string[]>();

  constructor(
    @Inject(SERVICE_CONFIG) { REGION_POPULATION: population }: Pick<PatientIndexConfig, 'REGION_POPULATION'>,
  ) {
    this.index = createMatchIndex({ capacity: 16_384, population });
  }

  get size(): number {
    return this.index.size;
  }

  /** Names the parameters a decision was made with. */
  get modelVersion(): string {
    return this.index.model.version;
  }

  insert(recordId: string, personId: string, record: PatientRecord): Undo {
    const row = this.index.insert(record);
    this.rowOf.set(recordId, row);
    this.recordAt.set(row, { recordId, personId });
    this.membersOf(personId).add(recordId);
    this.countUse(recordId, record);
    return () => {
      this.countUse(recordId);
      this.index.tombstone(row);
      this.rowOf.delete(recordId);
      this.recordAt.delete(row);
      this.membersOf(personId).delete(recordId);
    };
  }

  update(recordId: string, record: PatientRecord, before: PatientRecord): Undo {
    const row = this.rowOf.get(recordId);
    if (row === undefined) throw new RangeError('The record is not in the index.');
    const put = (content: PatientRecord): void => {
      this.index.update(row, content);
      this.countUse(recordId, content);
    };
    put(record);
    return () => put(before);
  }

  redirect(personId: string, survivorId: string): void {
    this.survivorOf.set(personId, survivorId);
    this.formerOf.set(survivorId, [...(this.formerOf.get(survivorId) ?? []), personId]);
  }

  /** The person that an id stands for today, and the ids it once had; `undefined` for an id that nobody has. */
  resolve(personId: string): { readonly personId: string; readonly formerPersonIds: readonly string[] } | undefined {
    let current = personId;
    for (let next = this.survivorOf.get(current); next !== undefined; next = this.survivorOf.get(current))
      current = next;
    const records = this.recordsOf.get(current);
    if (records === undefined || records.size === 0) return undefined;
    return { personId: current, formerPersonIds: this.formerOf.get(current) ?? [] };
  }

  personOf(recordId: string): string | undefined {
    const row = this.rowOf.get(recordId);
    return row === undefined ? undefined : this.recordAt.get(row)?.personId;
  }

  /**
   * Searches by demographics and sums the records found up to persons.
   *
   * An identifier that too many different people have is left out of the search: docs/adr/0020.
   *
   * Of a person that any record speaks for, every other record is compared too: the one that contradicts is the last that a search
   * would bring up, and the first that has to be heard.
   */
  search(given: PatientRecord): PersonSearch {
    const record = this.identifierUse.withoutCrowded(given);
    const { candidates, complete } = this.index.search(record);
    const matches = [...this.byPerson(candidates)]
      .map(([personId, found]) => this.matchOf(personId, [...found, ...this.others(record, personId, found)]))
      .sort((a, b) => b.probability - a.probability);
    return { matches, complete };
  }

  /** Counts a record's identifiers anew; without a content, no longer. */
  private countUse(recordId: string, content?: PatientRecord): void {
    this.forgetUse.get(recordId)?.();
    if (content === undefined) this.forgetUse.delete(recordId);
    else this.forgetUse.set(recordId, this.identifierUse.note(content));
  }

  private matchOf(personId: string, found: readonly Candidate[]): PersonMatch {
    const evidence = personEvidence(
      found.map(({ probability }) => probability),
      this.membersOf(personId).size,
    );
    return {
      personId,
      verdict: decidePersonLink(evidence, this.rule),
      probability: personProbability(evidence),
      recordIds: found.flatMap(({ row }) => this.recordAt.get(row)?.recordId ?? []),
    };
  }

  private others(record: PatientRecord, personId: string, found: readonly Candidate[]): readonly Candidate[] {
    const heard = new Set(found.map(({ row }) => row));
    const rows = [...this.membersOf(personId)]
      .flatMap((recordId) => this.rowOf.get(recordId) ?? [])
      .filter((row) => !heard.has(row));
    return rows.length === 0 ? [] : this.index.search(record, { rows, limit: rows.length }).candidates;
  }

  private byPerson(candidates: readonly Candidate[]): Map<string, Candidate[]> {
    const byPerson = new Map<string, Candidate[]>();
    for (const candidate of candidates) {
      const personId = this.recordAt.get(candidate.row)?.personId;
      if (personId === undefined) continue;
      byPerson.set(personId, [...(byPerson.get(personId) ?? []), candidate]);
    }
    return byPerson;
  }

  private membersOf(personId: string): Set<string> {
    let members = this.recordsOf.get(personId);
    if (members === undefined) {
      members = new Set();
      this.recordsOf.set(personId, members);
    }
    return members;
  }
}
