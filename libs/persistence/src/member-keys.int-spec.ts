import { type TestSchema, applyIn, testMemberKeys, testSchema } from '@hie/testing-kit';

import { FieldCipher } from './field-cipher.js';
import { unwrappedBy } from './key-wrap.js';
import { MemberKeys, createMemberKeys } from './member-keys.js';

describe(MemberKeys.name, () => {
  let schema: TestSchema;
  const master = Buffer.alloc(32, 9);
  const members = testMemberKeys();
  const keysUnder = (...wrapping: readonly [Buffer, ...Buffer[]]) =>
    new MemberKeys(schema.pool, () => wrapping, members);
  beforeAll(async () => {
    schema = await testSchema();
    await applyIn(schema, createMemberKeys);
  });
  afterAll(() => schema.drop());

  it('gives two instances at once the same key, and a restarted one too', async () => {
    const [one, other, later] = [1, 2, 3].map(() => keysUnder(master)) as [MemberKeys, MemberKeys, MemberKeys];
    await Promise.all([one.ensure('mercy'), other.ensure('mercy')]);
    await later.load();
    expect(one.find('mercy')).toEqual(other.find('mercy'));
    expect(later.find('mercy')).toEqual(one.find('mercy'));
  });

  it('has gone, here and in a backup, when the member’s wrapping key is destroyed', async () => {
    const [keys, restored] = [keysUnder(master), keysUnder(master)];
    await keys.ensure('leaving');
    await keys.ensure('remaining');
    const cipher = new FieldCipher(keys.find);
    const [sealed, hash] = [cipher.seal('leaving', 'c', 'x'), cipher.blindIndex('leaving', 'x')];
    expect(hash).toHaveLength(32);
    members.destroy('leaving');
    expect(() => cipher.open('leaving', 'c', sealed)).toThrow('member-key-missing');
    expect(() => cipher.blindIndex('leaving', 'x')).toThrow('member-key-missing');
    await expect(keys.ensure('leaving')).rejects.toThrow('member-key-missing');
    // The row is still there, and the wrapping key of the service: as in a backup.
    await restored.load();
    expect(restored.find('leaving')).toBeUndefined();
    expect([restored.memberIds().includes('remaining'), restored.destroyed()]).toEqual([true, ['leaving']]);
    const { rows } = await schema.pool.query<{ wrapped: Buffer }>(
      `select wrapped_key as wrapped from member_key where member_id = 'leaving'`,
    );
    expect(unwrappedBy(rows[0]?.wrapped ?? Buffer.alloc(0), master)).toBeUndefined();
    expect(await keysUnder(Buffer.alloc(32, 11), master).rewrap()).toBeGreaterThan(0);
    await keysUnder(master, Buffer.alloc(32, 11)).rewrap();
  });

  it('does not load where a wrapping key is neither there nor destroyed', async () => {
    await keysUnder(master).ensure('mercy');
    const another = { find: () => undefined, isDestroyed: () => false };
    await expect(new MemberKeys(schema.pool, () => [master], another).load()).rejects.toThrow('member-key-missing');
  });

  it('is wrapped under the next master key while it is used, after which the former opens nothing', async () => {
    const next = Buffer.alloc(32, 10);
    const before = keysUnder(master);
    await before.ensure('staying');
    const sealed = new FieldCipher(before.find).seal('staying', 'c', 'x');
    const [one, other] = [1, 2].map(() => keysUnder(next, master)) as [MemberKeys, MemberKeys];
    await one.load();
    const { rows } = await schema.pool.query<{ n: number }>(
      `select count(*)::int as n from member_key where member_id <> 'leaving'`,
    );
    const counts = await Promise.all([one.rewrap(), other.rewrap()]);
    expect(counts[0] + counts[1]).toBe(rows[0]?.n);
    expect(await one.rewrap()).toBe(0);
    const after = keysUnder(next);
    await after.load();
    expect(new FieldCipher(after.find).open('staying', 'c', sealed).toString()).toBe('x');
    await expect(keysUnder(master).load()).rejects.toThrow();
    // What follows finds the table as it was.
    await keysUnder(master, next).rewrap();
  });

  it('does not load under another master key', async () => {
    await expect(keysUnder(Buffer.alloc(32, 8)).load()).rejects.toThrow();
  });
});
