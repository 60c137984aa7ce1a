import type { PatientRecord } from '@hie/matching-engine';

import { IdentityIndex, MOST_CANDIDATES } from './identity-index.js';
import { uuidOf } from './named-uuid.fixture.js';
import { storedMatchRecord } from './stored-record.js';

/** One name, one birth date, one sex: what two desks were told. */
const desk: PatientRecord = { names: [{ given: 'Maria', family: 'Garcia' }], birthDates: ['1985-05-05'], sex: 'F' };
const withDetails = (middle: string, street: string, postalCode: string, ssn: string): PatientRecord => ({
  ...desk,
  names: [{ given: 'Maria', middle, family: 'Garcia' }],
  addresses: [{ street, postalCode }],
  nationalIds: [ssn],
});
const elena = withDetails('Elena', '64 Pleasant Street', '01852', '3141');
const teresa = withDetails('Teresa', '1109 Union Avenue', '02909', '9265');

function indexOf(...people: readonly (readonly [recordId: string, personId: string, record: PatientRecord])[]) {
  const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
  for (const [recordId, personId, record] of people) index.insert(uuidOf(recordId), uuidOf(personId), record);
  return index;
}

describe(IdentityIndex.name, () => {
  it('hears the record of a person that contradicts, although a search alone would not bring it up', () => {
    const index = indexOf(['desk', 'maria', desk], ['elena', 'maria', elena]);
    const [match] = index.search(teresa).matches;
    expect(match?.personId).toBe(uuidOf('maria'));
    expect(match?.recordIds).toEqual([uuidOf('desk'), uuidOf('elena')]);
    expect(match?.verdict).toBe('review');
  });

  it('links a record that all records of a person speak for', () => {
    const index = indexOf(['desk', 'maria', desk], ['elena', 'maria', elena]);
    expect(index.search(elena).matches[0]).toMatchObject({ personId: uuidOf('maria'), verdict: 'link' });
  });

  it.each([19, 25])('hears the rival of a person who has %i records', (count) => {
    const records = Array.from({ length: count }, (_, at) => [`elena-${at}`, 'elena', elena] as const);
    const { matches, complete } = indexOf(...records, ['teresa', 'teresa', teresa]).search(desk);
    expect(matches.map(({ personId }) => personId).toSorted()).toEqual([uuidOf('elena'), uuidOf('teresa')].toSorted());
    expect(matches.map(({ verdict }) => verdict)).not.toContain('apart');
    expect(complete).toBe(true);
  });

  it('calls a search complete as long as its list is not full', () => {
    const records = Array.from({ length: MOST_CANDIDATES }, (_, at) => [`e-${at}`, 'elena', elena] as const);
    const index = indexOf(...records.slice(1));
    expect(index.search(elena).complete).toBe(true);
    index.insert(uuidOf('one more'), uuidOf('elena'), elena);
    expect(index.search(elena).complete).toBe(false);
  });

  it('takes an insertion back', () => {
    const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
    index.insert(uuidOf('elena'), uuidOf('maria'), elena)();
    expect(index.search(elena).matches).toEqual([]);
    expect(index.personOf(uuidOf('elena'))).toBeUndefined();
    expect(index.resolve(uuidOf('maria'))).toBeUndefined();
  });
});

describe('an identifier that many have', () => {
  const licence = { system: 'urn:oid:2.16.840.1.113883.4.3.25', value: 'S 999 99999' };
  const people = (['Nowak', 'Okafor', 'Pérez', 'Quinn'] as const).map((family, at): PatientRecord => ({
    names: [{ given: 'Anna', family }],
    birthDates: [`19${50 + at}-02-03`],
    sex: 'F',
    identifiers: [licence],
  }));
  const entries = people.map((record, at) => [`record-${at}`, `person-${at}`, record] as const);
  const asked: PatientRecord = { names: [{ given: 'Ann', family: 'Nowak' }], sex: 'F', identifiers: [licence] };
  const firstPerson = (index: IdentityIndex) =>
    index.search(asked).matches.find(({ personId }) => personId === uuidOf('person-0'));

  it('speaks while three people have it, and no more when a fourth comes', () => {
    const index = indexOf(...entries.slice(0, 3));
    const before = firstPerson(index)?.probability ?? 0;
    const undo = index.insert(uuidOf('record-3'), uuidOf('person-3'), people[3] ?? {});
    const after = firstPerson(index)?.probability ?? 0;
    expect(before).toBeGreaterThan(0.5);
    expect(after).toBeLessThan(before / 2);
    undo();
    expect(firstPerson(index)?.probability).toBe(before);
  });

  it('speaks for one person, however many records that person has', () => {
    const index = indexOf(...Array.from({ length: 9 }, (_, at) => [`record-${at}`, 'anna', people[0] ?? {}] as const));
    expect(firstPerson(index)).toBeUndefined();
    expect(index.search(asked).matches[0]).toMatchObject({ personId: uuidOf('anna'), verdict: 'link' });
  });

  it('counts a changed record as what it has become, and takes that back', () => {
    const index = indexOf(...entries);
    const { identifiers: _none, ...without } = people[3] ?? {};
    const undo = index.update(uuidOf('record-3'), without, people[3] ?? {});
    expect(firstPerson(index)?.probability).toBeGreaterThan(0.5);
    undo();
    expect(firstPerson(index)?.probability ?? 0).toBeLessThan(0.5);
  });

  it('leaves four digits of a social security number to their own weight', () => {
    const fourDigits = people.map(
      (record, at) => [`r-${at}`, `p-${at}`, { ...record, nationalIds: ['xxx-xx-3141'] }] as const,
    );
    const search = indexOf(...fourDigits).search({ ...people[0], identifiers: [], nationalIds: ['3141'] });
    const without = indexOf(...fourDigits).search({ ...people[0], identifiers: [] });
    expect(search.matches[0]?.probability).toBeGreaterThan(without.matches[0]?.probability ?? 1);
  });
});

describe('a contact that many have', () => {
  const families = Array.from({ length: 26 }, (_, at) => `Family${'abcdefghijklmnopqrstuvwxyz'[at]}`);
  const resident = (contact: PatientRecord, at: number): PatientRecord => ({
    names: [{ given: 'Anna', family: families[at] }],
    birthDates: [`19${50 + at}-02-03`],
    sex: 'F',
    ...contact,
  });
  const indexWith = (contact: PatientRecord, count: number) =>
    indexOf(...families.slice(0, count).map((_, at) => [`r-${at}`, `p-${at}`, resident(contact, at)] as const));
  const asked = (contact: PatientRecord): PatientRecord => ({
    names: [{ given: 'Ann', family: families[0] }],
    sex: 'F',
    ...contact,
  });
  const firstOf = (index: IdentityIndex, contact: PatientRecord) =>
    index.search(asked(contact)).matches.find(({ personId }) => personId === uuidOf('p-0'))?.probability ?? 0;

  it.each<[string, PatientRecord, number]>([
    ['a shelter’s telephone', { phones: ['617-482-7719'] }, 24],
    ['a desk’s e-mail', { emails: ['desk@shelter.example.org'] }, 12],
  ])('%s speaks while few have it, and no more than its absence when many do', (_name, contact, most) => {
    const few = indexWith(contact, most);
    expect(firstOf(few, contact)).toBeGreaterThan(2 * firstOf(few, {}));
    const many = indexWith(contact, most + 1);
    expect(firstOf(many, contact)).toBe(firstOf(many, {}));
  });
});

it('does not link two people of one name by a number that their member gives to families', () => {
  const system = 'urn:oid:2.999.1.1';
  const shared = { system, value: 'ACCOUNT-77' };
  const maria = (value: string, birthDate: string) => ({
    identifier: { system, value },
    demographics: {
      ...{ given: ['Maria'], family: ['Garcia'], furtherNames: [], sex: 'female' as const, birthDate },
      ...{ phones: [], emails: [], addresses: [], identifiers: [{ system, value }, shared] },
    },
  });
  const [mother, daughter] = [maria('M-1', '1985-05-05'), maria('M-2', '1985-05-15')];
  const verdictOf = (known: PatientRecord, asked: PatientRecord) =>
    indexOf(['mother', 'mother', known]).search(asked).matches[0]?.verdict;
  const withShared: PatientRecord = { ...storedMatchRecord(mother), identifiers: [shared] };
  expect(verdictOf(withShared, { ...storedMatchRecord(daughter), identifiers: [shared] })).toBe('link');
  expect(verdictOf(storedMatchRecord(mother), storedMatchRecord(daughter))).not.toBe('link');
});
