// What people join they can take back exactly, through the doors that join and part: over an index and tables in memory.
import * as fc from 'fast-check';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { noChanges } from '../identity-store/identity-changes.js';
import type { IdentityEvent, LinkDetails } from '../identity-store/identity-event.js';
import type { IdentityEventRepository, StoredEvent } from '../identity-store/identity-event.repository.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { replayIdentity } from '../identity-store/identity-state.js';
import type { IdentityWriter } from '../identity-store/identity-writer.js';
import { uuidOf } from '../identity-store/named-uuid.fixture.js';
import { rootOf } from '../identity-store/person-forest.js';
import type { OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { storedMatchRecord } from '../identity-store/stored-record.js';
import type { Steward } from '../review-identities/acting-person.js';
import type { ReviewEntity } from '../review-identities/review.entity.js';
import { ReviewOutcomes } from '../review-identities/review-outcomes.js';
import { DisclosureReport } from './disclosure-report.js';
import type { DisclosureIndex } from './named-persons.js';
import { PartingsHandler } from './partings.handler.js';
import { PersonMoves } from './person-moves.js';

const people = ['Nowak', 'Okafor', 'Quinn', 'Roe'] as const;
const records = ['a', 'b', 'c'] as const;
const ada = { name: 'ada', claims: {} } as Steward;
const nobodyTold = { during: () => Promise.resolve([]) } as unknown as DisclosureIndex;

/** Four people with three records each, and the doors that join and part them. */
function region() {
  const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
  const happened: StoredEvent[] = [];
  const rows = new Map<string, OpenedRecord>();
  const persons = new Map<string, string | null>();
  /** Where the record locator was last told that a record is. */
  const pointers = new Map<string, string>();

  const note = (...events: readonly IdentityEvent[]) =>
    events.forEach((event) => happened.push({ ...event, seq: happened.length + 1, at: new Date() }));
  const commit = (changes: IdentityChanges) => {
    for (const { personId, survivorId } of [...changes.people, ...changes.redirected])
      persons.set(personId, survivorId);
    for (const { recordId, personId } of changes.relinked) {
      const { entity, content } = rows.get(recordId) as OpenedRecord;
      rows.set(recordId, { entity: { ...entity, personId }, content });
    }
    for (const { entity } of changes.linked) pointers.set(entity.recordId, entity.personId);
    note(...changes.events);
    changes.afterCommit.forEach((then) => then());
  };
  const writer = {
    async write<T>(_claims: unknown, decide: (changes: IdentityChanges) => Promise<T>): Promise<T> {
      const changes = noChanges();
      const result = await decide(changes);
      commit(changes);
      return result;
    },
  } as unknown as IdentityWriter;
  const events = {
    ofRecord: (recordId: string) => Promise.resolve(happened.filter((event) => event.recordId === recordId)),
    merges: () => Promise.resolve(happened.filter(({ kind }) => kind === 'merged' || kind === 'unmerged')),
    linkedTo: () => Promise.resolve([]),
  } as unknown as IdentityEventRepository;
  const stored = {
    findByIds: (ids: readonly string[]) => Promise.resolve(ids.flatMap((id) => rows.get(id) ?? [])),
  } as unknown as SourceRecordRepository;

  for (const family of people) {
    const personId = uuidOf(family);
    persons.set(personId, null);
    for (const each of records) {
      const recordId = uuidOf(`${family} ${each}`);
      const identifier = { system: 'urn:oid:2.999', value: `${family}-${each}` };
      const demographics = { given: [each], family: [family], furtherNames: [], phones: [], emails: [], addresses: [] };
      const content = { identifier, demographics: { ...demographics, identifiers: [identifier] } };
      const entity = { recordId, memberId: 'mercy', personId, version: 1 } as OpenedRecord['entity'];
      rows.set(recordId, { entity, content });
      pointers.set(recordId, personId);
      index.insert(recordId, personId, storedMatchRecord(content));
      const details: LinkDetails = { by: 'match', probability: 0.97, ...index.basis };
      note({ kind: 'record-registered', recordId, personId, details: { memberId: 'mercy' } });
      note({ kind: 'linked', recordId, personId, details });
    }
  }
  const moves = new PersonMoves(index, events);
  const outcomes = new ReviewOutcomes(index, stored, moves);
  const partings = new PartingsHandler(index, stored, moves, writer, new DisclosureReport(events, nobodyTold));

  /** Two people's word that a record, or a whole person, is the candidate's. @returns what takes that back. */
  async function join(recordId: string | null, personId: string, candidate: string): Promise<() => Promise<unknown>> {
    const before = happened.length;
    const review = { reviewId: uuidOf('review'), recordId, personId } as ReviewEntity;
    const word = { verdict: 'same', personId: candidate, by: 'bo', reason: 'one card' } as const;
    const step = { kind: 'join', personId: candidate, proposedBy: 'ada' } as const;
    await writer.write(ada.claims, (changes) => outcomes.apply(changes, review, word, step));
    const done = happened.slice(before);
    const merged = done.find(({ kind }) => kind === 'merged');
    if (merged !== undefined) return () => partings.unmerge(merged.personId, 'two cards', ada);
    return done.length === 0 ? () => Promise.resolve() : () => partings.takeOff(recordId ?? '', 'another patient', ada);
  }

  /** Every account of who everybody is. */
  const everything = () => {
    const { records: links, persons: forest } = replayIdentity(happened);
    return {
      links,
      forest,
      rows: new Map([...rows].map(([id, { entity }]) => [id, entity.personId])),
      persons: new Map(persons),
      pointers: new Map(pointers),
      owners: new Map([...rows.keys()].map((id) => [id, index.personOf(id)])),
    };
  };
  return { index, join, partings, everything };
}

const person = fc.constantFrom(...people).map(uuidOf);
const record = fc
  .tuple(fc.constantFrom(...people), fc.constantFrom(...records))
  .map((parts) => uuidOf(parts.join(' ')));
const step = fc.record({ recordId: fc.option(record, { freq: 3 }), personId: person, candidate: person });

describe('any joining of records and persons', () => {
  it('taken back, newest first, is nothing: for persons, links, tables and pointers', async () => {
    let moves = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10, size: 'max' }), async (steps) => {
        const { index, join, everything } = region();
        const undo: { readonly back: () => Promise<unknown>; readonly to: ReturnType<typeof everything> }[] = [];
        for (const { recordId, personId, candidate } of steps) {
          const to = everything();
          undo.push({ back: await join(recordId, rootOf(index, personId), candidate), to });
          moves += [...everything().links].filter(([id, { link }]) => link !== to.links.get(id)?.link).length;
        }
        for (const { back, to } of undo.toReversed()) {
          await back();
          expect(everything()).toEqual(to);
        }
      }),
      { numRuns: 100 },
    );
    expect(moves).toBeGreaterThan(100);
  });
});

describe('a record that was moved', () => {
  const [moved, nowak, okafor] = [uuidOf('Nowak a'), uuidOf('Nowak'), uuidOf('Okafor')];

  it('goes back under the link that the machine had made, by the model of that time', async () => {
    const { join, partings, everything } = region();
    const { links } = everything();
    await join(moved, nowak, okafor);
    expect(everything().links.get(moved)).toMatchObject({
      personId: okafor,
      link: { by: 'reviewer', movedFrom: nowak },
    });
    expect(await partings.takeOff(moved, 'another patient', ada)).toMatchObject({
      personId: nowak,
      survivorId: okafor,
    });
    expect(everything().links.get(moved)).toEqual(links.get(moved));
  });

  it('stands alone where whose it was has become one with whose it is', async () => {
    const { join, partings, everything } = region();
    await join(moved, nowak, okafor);
    await join(null, nowak, okafor);
    const { personId } = await partings.takeOff(moved, 'another patient', ada);
    expect([nowak, okafor]).not.toContain(personId);
    expect(everything().owners.get(moved)).toBe(personId);
  });

  it('does not come back to whom it was taken off', async () => {
    const { partings, everything } = region();
    const { personId } = await partings.takeOff(moved, 'another patient', ada);
    await expect(partings.takeOff(moved, 'again', ada)).rejects.toMatchObject({ code: 'record-alone' });
    expect(everything().owners.get(moved)).toBe(personId);
  });
});
