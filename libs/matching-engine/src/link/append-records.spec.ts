import { decode } from '../index/dictionary.js';
import { type PatientRecord } from '../normalise/normalise-record.js';
import { randomSource } from '../train/random-source.js';
import { appendRecords } from './append-records.js';
import { addRecord, createRecordFile, type RecordFile } from './record-file.js';

const extraFields = [{ name: 'ward', kind: 'category' }] as const;

/** People whose names, streets and numbers repeat from part to part, some with several names and addresses, some with double names. */
function records(count: number): PatientRecord[] {
  const random = randomSource(5);
  const pick = (from: string): string => {
    const words = from.split(',');
    return words[Math.floor(random() * words.length)] ?? '';
  };
  const address = (): { street: string; city: string; postalCode: string } => ({
    street: `${Math.floor(random() * 40)} ${pick('elm,oak,pine,long hill')} st`,
    city: pick('dayton,troy,'),
    postalCode: `4540${Math.floor(random() * 6)}`,
  });
  const name = (): { given: string; family: string } => ({
    given: pick('Ann,Bo,Mary Jane,Li,Zoë'),
    family: pick('Lee,Garcia Ruiz,Ruiz,O’Neil,van der Berg,Vanderberg'),
  });
  return Array.from({ length: count }, (_, i) => ({
    names: random() < 0.3 ? [name(), name()] : [name()],
    birthDates: [`19${10 + (i % 80)}-0${1 + (i % 9)}-11`],
    addresses: random() < 0.3 ? [address(), address(), address()] : [address()],
    phones: [`937 2${100_000 + (i % 17)}`],
    emails: [i % 3 === 0 ? '' : `p${i % 29}@mail.org`],
    identifiers: i % 4 === 0 ? [] : [{ system: pick('h1,h2'), value: `${i % 31}` }],
    extras: { ward: pick('east,west,') },
  }));
}

function packed(rows: readonly PatientRecord[], side: (i: number) => 0 | 1): RecordFile {
  const file = createRecordFile({ extraFields });
  rows.forEach((record, i) => addRecord(file, record, side(i)));
  return file;
}

/** All that a file holds, without the room that is left in its arrays. */
function contentOf({ comparer: { store }, rows, numbers, sides, size, counts }: RecordFile): unknown {
  const { names, places, emails } = store;
  const texts = (dictionary: typeof places): string[] =>
    Array.from({ length: dictionary.size }, (_, i) => decode(dictionary, i + 1));
  const codes = names.dictionary.size + 1;
  return {
    numbering: [size, counts, store.live, store.size],
    records: [rows.slice(0, size), sides.slice(0, size), numbers.slice(16, store.size)],
    rows: store.rows.slice(0, store.size * 16),
    extras: store.extras.slice(0, store.size),
    identifiers: store.identifiers.slice(0, store.identifiersUsed * 3),
    dictionaries: [texts(names.dictionary), texts(places), texts(emails)],
    names: [names.joined, names.partsAt, names.sounds, names.letters, names.nicknames].map((a) => a.slice(0, codes)),
    parts: names.parts.slice(0, names.partsUsed),
    frequencies: [store.counts.given, store.counts.middle, store.counts.family].map((a) => a.slice(0, codes)),
    birthDates: store.counts.birthDate.reduce((sum, count, date) => sum + count * date, 0),
  };
}

describe('appendRecords', () => {
  it.each([1, 7, 150, 1000])(
    'makes of parts of %d records what adding them one by one makes, to the last code',
    (size) => {
      const all = records(1000);
      const side = (i: number): 0 | 1 => (i < 600 ? 0 : 1);
      const file = createRecordFile({ capacity: 16, extraFields });
      for (let from = 0; from < all.length; from += size)
        appendRecords(
          file,
          packed(all.slice(from, from + size), (i) => side(from + i)),
        );
      expect(contentOf(file)).toEqual(contentOf(packed(all, side)));
    },
  );

  it('refuses records of other extra fields', () => {
    expect(() =>
      appendRecords(
        createRecordFile(),
        packed(records(3), () => 0),
      ),
    ).toThrow(RangeError);
  });
});
