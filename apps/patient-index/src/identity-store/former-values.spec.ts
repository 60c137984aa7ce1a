import type { Demographics } from '@hie/contracts';

import { MOST_FORMER, asFed, demographicsOverTime, withFormerValues } from './former-values.js';
import { type StoredRecord, storedMatchRecord } from './stored-record.js';

const identifier = { system: 'urn:oid:2.999.1', value: 'M-1' };
const lowell = { street: '64 Pleasant Street', city: 'Lowell' };
const boston = { street: '1109 Union Avenue', city: 'Boston' };
const fed = (over: Partial<Demographics> = {}): StoredRecord => ({
  identifier,
  demographics: {
    given: ['Maria'],
    family: ['Garcia'],
    furtherNames: [],
    birthDate: '1985-05-05',
    phones: ['617-555-0143'],
    emails: ['maria@example.org'],
    addresses: [lowell],
    identifiers: [identifier, { system: 'http://hl7.org/fhir/sid/us-ssn', value: '219-09-9999' }],
    ...over,
  },
});
const changed = (before: StoredRecord, next: StoredRecord): StoredRecord => withFormerValues(before, next, false);

describe(withFormerValues.name, () => {
  it('keeps of each kind what is said no more, and of what is still said nothing', () => {
    const moved = fed({ family: ['Lindqvist'], addresses: [boston], phones: [], birthDate: '1985-05-15' });
    expect(changed(fed(), moved).former).toEqual({
      names: [{ given: ['Maria'], family: 'Garcia' }],
      birthDates: ['1985-05-05'],
      addresses: [lowell],
      phones: ['617-555-0143'],
      emails: [],
    });
    expect(changed(fed(), fed())).toEqual(fed());
  });

  it('keeps no number: the one that was replaced was wrong', () => {
    const after = changed(fed(), fed({ identifiers: [identifier], addresses: [boston] }));
    expect(JSON.stringify(after)).not.toContain('219-09-9999');
  });

  it('does not call a former value what the feed says again, in whatever letters', () => {
    const away = changed(fed(), fed({ addresses: [boston] }));
    const back = changed(away, fed({ addresses: [{ street: '64 PLEASANT STREET', city: 'Lowell' }] }));
    expect(back.former?.addresses).toEqual([boston]);
  });

  it('keeps the newest, and no more than so many', () => {
    const streets = Array.from({ length: MOST_FORMER + 3 }, (_, at) => ({ street: `${at} Elm Street` }));
    const last = streets
      .map((address) => fed({ addresses: [address] }))
      .reduce((before, next) => changed(before, next));
    expect(last.former?.addresses).toEqual(streets.slice(-1 - MOST_FORMER, -1).toReversed());
  });

  it('keeps nothing that was guessed of somebody unknown, and no empty name', () => {
    expect(withFormerValues(fed(), fed({ addresses: [boston] }), true)).toEqual(fed({ addresses: [boston] }));
    expect(changed(fed({ given: [], family: [] }), fed()).former).toBeUndefined();
  });
});

describe('a record with former values', () => {
  const record = changed(fed(), fed({ family: ['Lindqvist'], addresses: [boston], birthDate: '1985-05-15' }));

  it('gives the engine all of them, those of today first', () => {
    const { names, birthDates, addresses } = storedMatchRecord(record);
    expect(names?.map(({ family }) => family)).toEqual(['Lindqvist', 'Garcia']);
    expect(birthDates).toEqual(['1985-05-15', '1985-05-05']);
    expect(addresses).toEqual([boston, lowell]);
  });

  it('is known again by what was fed', () => {
    expect(asFed(record)).toEqual(fed({ family: ['Lindqvist'], addresses: [boston], birthDate: '1985-05-15' }));
    expect(demographicsOverTime(asFed(record)).addresses).toEqual([boston]);
  });
});
