import { randomBytes } from 'node:crypto';

import { SnapshotError, openSnapshot, sealSnapshot } from './snapshot-format.js';

const masterKey = randomBytes(32);
const snapshot = {
  members: ['harborview', 'mercy'],
  records: [
    {
      recordId: 'record-1',
      personId: 'person-1',
      version: 3,
      row: 7,
      traits: 5,
      use: { person: '["NOWAK",19500203]', keys: ['a|1'] },
    },
    {
      recordId: 'record-2',
      personId: 'person-1',
      version: 1,
      row: 9,
      traits: 0,
      use: { person: '["ÅS",null]', keys: [] },
    },
  ],
  engine: [Buffer.from('engine'), Buffer.from([0, 1, 2, 255])],
};
const sealed = (): Buffer => Buffer.concat(sealSnapshot(snapshot, masterKey));

describe(sealSnapshot.name, () => {
  it('comes back as it was', () => {
    const { members, records, engine } = openSnapshot(sealed(), [masterKey]);
    expect({ members, records }).toEqual({ members: snapshot.members, records: snapshot.records });
    expect(Buffer.concat(engine)).toEqual(Buffer.concat(snapshot.engine));
  });

  it.each([0, 9_999, 10_000, 10_001, 20_000])('comes back whole with %i records, which take several lines', (count) => {
    const [record] = snapshot.records;
    if (record === undefined) throw new RangeError('There is no record.');
    const records = Array.from({ length: count }, (_, row) => ({ ...record, recordId: `line\n${row}`, row }));
    const opened = openSnapshot(Buffer.concat(sealSnapshot({ ...snapshot, records }, masterKey)), [masterKey]);
    expect(opened.records).toEqual(records);
    expect(Buffer.concat(opened.engine)).toEqual(Buffer.concat(snapshot.engine));
  });

  it('shows nothing of what it holds', () => {
    const text = sealed().toString('latin1');
    for (const part of ['NOWAK', 'record-1', 'mercy', 'engine']) expect(text).not.toContain(part);
  });
});

describe(openSnapshot.name, () => {
  const refused = (bytes: Buffer, key = masterKey) => expect(() => openSnapshot(bytes, [key])).toThrow(SnapshotError);

  it('refuses every changed byte', () => {
    for (let at = 0; at < sealed().length; at += 1) {
      const changed = sealed();
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      refused(changed);
    }
  });

  it('refuses a file that is cut off', () => {
    for (const length of [0, 10, 60, sealed().length - 1]) refused(sealed().subarray(0, length));
  });

  it('refuses another key', () => refused(sealed(), randomBytes(32)));

  it('opens under the former key while keys change, and not once it is retired', () => {
    const next = randomBytes(32);
    expect(openSnapshot(sealed(), [masterKey, next])).toMatchObject({ members: snapshot.members, isUnderFirst: true });
    expect(openSnapshot(sealed(), [next, masterKey])).toMatchObject({ members: snapshot.members, isUnderFirst: false });
    refused(sealed(), next);
  });
});
