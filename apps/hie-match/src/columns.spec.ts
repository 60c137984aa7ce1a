import { parseMap, recordReader } from './columns.js';

const header = ['id', 'mrn_a', 'mrn_b', 'site', 'tel_1', 'tel_2', 'first', 'last'];
const values = ['7', 'A-1', 'B-2', 'north', '937 234 0134', '614 234 9871', 'Ann', 'Lee'];
const read = (map: string): ReturnType<ReturnType<typeof recordReader>> =>
  recordReader(parseMap(map, header), header)(values);

describe(recordReader, () => {
  it('reads every column of a system that is mapped twice', () => {
    expect(
      read('given=first,identifier:urn:x=mrn_a,identifier:urn:x=mrn_b,identifier:urn:y=mrn_b').identifiers,
    ).toEqual([
      { system: 'urn:x', value: 'A-1' },
      { system: 'urn:x', value: 'B-2' },
      { system: 'urn:y', value: 'B-2' },
    ]);
  });

  it('joins columns of one value, and takes two of one field for two values', () => {
    const record = read('mrn=mrn_a+mrn_b,source=site,phone=tel_1,phone=tel_2,given=first,family=last');
    expect(record.identifiers).toEqual([{ system: 'mrn north', value: 'A-1 B-2' }]);
    expect(record.phones).toEqual(['937 234 0134', '614 234 9871']);
    expect(record.names).toMatchObject([{ given: 'Ann', family: 'Lee' }]);
  });
});
