import { hkdfSync } from 'node:crypto';

import { wrapKey } from '@hie/persistence';

import { WrappingRing } from './wrapping-ring.js';

const [master, next, patient] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
/** As every ledger wrapped them before there was a wrapping key: under what is derived from the master key. */
const under = (key: Buffer): Buffer =>
  wrapKey(patient, Buffer.from(hkdfSync('sha256', key, '', 'hie ledger patient keys', 32)));

/** A key file of one process; `later` is what it will be found to hold when it is read again. */
function ringOver(...named: readonly Buffer[]) {
  let file = named;
  let later = named;
  const reads: number[] = [];
  const ring = new WrappingRing({
    wrappingKeys: () => file as [Buffer, ...Buffer[]],
    readAgain: () => {
      reads.push(reads.length);
      file = later;
    },
  });
  const become = (...keys: readonly Buffer[]) => (file = later = keys.map((key) => Buffer.from(key)));
  return { ring, reads, become, willBe: (...keys: readonly Buffer[]) => (later = keys) };
}

describe(WrappingRing.name, () => {
  it('opens what was wrapped under the master key, before and after there is a key of its own', () => {
    const { ring, become } = ringOver(master);
    expect(ring.unwrap(under(master))).toMatchObject({ isUnderFirst: true });
    become(next, master);
    expect(ring.unwrap(under(master))?.isUnderFirst).toBe(false);
    expect(ring.unwrap(under(next))).toMatchObject({ isUnderFirst: true });
    expect(ring.unwrap(under(master))?.key.export()).toEqual(patient);
    expect(wrapKey(patient, ring.keys()[0])).toEqual(under(next));
  });

  it('holds what has left the file until it is let go, however fast the steps came', () => {
    const { ring, become } = ringOver(master);
    become(next);
    expect(ring.isChanging()).toBe(true);
    expect(ring.unwrap(under(master))?.isUnderFirst).toBe(false);
    ring.letGo();
    expect(ring.isChanging()).toBe(false);
    expect(ring.unwrap(under(master))).toBeUndefined();
  });

  it('lets nothing go that is in the file', () => {
    const { ring, become } = ringOver(master);
    become(next, master);
    ring.letGo();
    expect(ring.isChanging()).toBe(true);
    expect(ring.unwrap(under(master))).toBeDefined();
  });

  it('holds a key once, though the file is read again and again', () => {
    const { ring, become } = ringOver(master);
    for (let times = 0; times < 3; times += 1) {
      become(next, master);
      expect(ring.keys()).toHaveLength(2);
    }
  });

  it('reads the file again for what another process has wrapped already, and not for what it can open', () => {
    const { ring, reads, willBe } = ringOver(master);
    expect(ring.unwrap(under(master))).toBeDefined();
    expect(reads).toHaveLength(0);
    willBe(next, master);
    expect(ring.unwrap(under(next))?.isUnderFirst).toBe(true);
    expect(reads).toHaveLength(1);
  });

  it('opens nothing that was wrapped under another key, or changed', () => {
    const { ring } = ringOver(master);
    expect(ring.unwrap(under(next))).toBeUndefined();
    const changed = under(master);
    changed.writeUInt8(changed.readUInt8(3) ^ 1, 3);
    expect(ring.unwrap(changed)).toBeUndefined();
  });
});
