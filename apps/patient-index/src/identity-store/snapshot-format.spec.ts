import { createSecretKey, randomBytes } from 'node:crypto';

import { SnapshotError, type SnapshotKeys, openSnapshot, sealSnapshot } from './snapshot-format.js';

const masterKey = randomBytes(32);
const memberKeys = new Map(['harborview', 'mercy'].map((id) => [id, createSecretKey(randomBytes(32))]));
const under = (masters: SnapshotKeys['masters'] = [masterKey], members = memberKeys): SnapshotKeys => ({
  ...{ masters, memberKey: (id) => members.get(id) },
});
const snapshot = {
  members: ['harborview', 'mercy'],
  directory: {
    records: { words: Uint32Array.of(0, 0x4e4f5741, 0x4b000000), heads: Uint32Array.of(1) },
    links: { row: new Uint32Array() },
  },
  identifierUse: { keys: { high: Uint32Array.of(4_294_967_295) } },
  engine: [Buffer.from('engine'), Buffer.from([0, 1, 2, 255])],
};
const sealed = (): Buffer => Buffer.concat([...sealSnapshot(snapshot, under())]);

describe(sealSnapshot.name, () => {
  it('comes back as it was', () => {
    const { engine, isUnderFirst: _is, ...rest } = openSnapshot(sealed(), under());
    const { engine: put, ...before } = snapshot;
    expect(rest).toEqual(before);
    expect(Buffer.concat(engine)).toEqual(Buffer.concat(put));
  });

  it('is enciphered in slices, so that it stops nobody for long', () => {
    const engine = [randomBytes(9 * 1024 * 1024)];
    const slices = [...sealSnapshot({ ...snapshot, engine }, under())];
    expect(Math.max(...slices.map(({ length }) => length))).toBe(4 * 1024 * 1024);
    expect(Buffer.concat(openSnapshot(Buffer.concat(slices), under()).engine).equals(Buffer.concat(engine))).toBe(true);
  });

  it('shows nothing of what it holds', () => {
    const text = sealed().toString('latin1');
    for (const part of ['AWON', 'words', 'mercy', 'engine']) expect(text).not.toContain(part);
  });
});

describe(openSnapshot.name, () => {
  const refused = (bytes: Buffer, key = masterKey) =>
    expect(() => openSnapshot(bytes, under([key]))).toThrow(SnapshotError);

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
    expect(openSnapshot(sealed(), under([masterKey, next]))).toMatchObject({
      members: snapshot.members,
      isUnderFirst: true,
    });
    expect(openSnapshot(sealed(), under([next, masterKey]))).toMatchObject({
      members: snapshot.members,
      isUnderFirst: false,
    });
    refused(sealed(), next);
  });

  it.each([
    ['is destroyed', undefined, 'snapshot-of-a-destroyed-member'],
    ['was destroyed and is another now', createSecretKey(randomBytes(32)), 'snapshot-unreadable'],
  ])('is read by nobody once the key of one of its members %s', (_how, key, code) => {
    const others = [...memberKeys].filter(([id]) => id !== 'mercy');
    const left = new Map([...others, ...(key === undefined ? [] : [['mercy', key] as const])]);
    expect(() => openSnapshot(sealed(), under([masterKey], left))).toThrow(code);
  });
});
