import * as fc from 'fast-check';

import { uuidOf } from './named-uuid.fixture.js';
import { RecordDirectory } from './record-directory.js';

const recordIds = ['a', 'b', 'c', 'd'].map(uuidOf);
const personIds = ['p', 'q'].map(uuidOf);
const step = fc.record({
  kind: fc.constantFrom('enter' as const, 'remove' as const, 'move' as const),
  recordId: fc.constantFrom(...recordIds),
  personId: fc.constantFrom(...personIds),
});

it('a directory and its copy know each record, its row and its person, as lists of records would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const directory = new RecordDirectory();
      const members = new Map(personIds.map((personId) => [personId, [] as string[]]));
      const rows = new Map<string, number>();
      const part = (recordId: string) =>
        members.forEach((each, id) =>
          members.set(
            id,
            each.filter((one) => one !== recordId),
          ),
        );
      for (const [at, { kind, recordId, personId }] of steps.entries()) {
        const isThere = rows.has(recordId);
        if ((kind === 'enter') === isThere) continue;
        part(recordId);
        if (kind === 'enter') directory.enter({ recordId, personId, version: at, row: at + 5, traits: at % 8 });
        if (kind === 'enter') rows.set(recordId, at + 5);
        if (kind === 'remove') directory.remove(recordId);
        if (kind === 'remove') rows.delete(recordId);
        if (kind === 'move') directory.move(recordId, personId);
        if (kind !== 'remove') members.get(personId)?.push(recordId);
      }
      const copy = new RecordDirectory();
      copy.adopt(structuredClone(directory.columns()));
      for (const each of [directory, copy]) {
        expect([...each.recordIds()].toSorted()).toEqual([...rows.keys()].toSorted());
        for (const [personId, of] of members) expect(each.rowsOf(personId)).toEqual(of.map((id) => rows.get(id)));
        for (const recordId of recordIds) {
          const row = rows.get(recordId);
          const found = each.find(recordId);
          expect(found?.row).toBe(row);
          if (row === undefined) continue;
          expect(members.get(found?.personId ?? '')).toContain(recordId);
          expect(found).toMatchObject({ version: row - 5, traits: (row - 5) % 8 });
          expect([each.recordIdAt(row), each.personIdAt(row), each.traitsAt(row)]).toEqual([
            recordId,
            found?.personId,
            (row - 5) % 8,
          ]);
        }
      }
    }),
  );
});

it('a record that is not there is none to be changed', () => {
  const directory = new RecordDirectory();
  const [recordId = '', personId = ''] = [recordIds[0], personIds[0]];
  const doings = [
    () => directory.remove(recordId),
    () => directory.move(recordId, personId),
    () => directory.setContent(recordId, { version: 2, traits: 0 }),
  ];
  for (const doing of doings) expect(doing).toThrow(RangeError);
  directory.enter({ recordId, personId, version: 1, row: 1, traits: 0 });
  directory.remove(recordId);
  for (const doing of doings) expect(doing).toThrow(RangeError);
  expect(directory.hasPerson(personId)).toBe(true);
  expect(directory.recordIdAt(1)).toBeUndefined();
});
