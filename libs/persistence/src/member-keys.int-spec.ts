import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';

import { FieldCipher } from './field-cipher.js';
import { MemberKeys, createMemberKeys } from './member-keys.js';

describe(MemberKeys.name, () => {
  let schema: TestSchema;
  const master = Buffer.alloc(32, 9);
  beforeAll(async () => {
    schema = await testSchema();
    await applyIn(schema, createMemberKeys);
  });
  afterAll(() => schema.drop());

  it('gives two instances at once the same key, and a restarted one too', async () => {
    const [one, other, later] = [1, 2, 3].map(() => new MemberKeys(schema.pool, () => [master])) as [
      MemberKeys,
      MemberKeys,
      MemberKeys,
    ];
    await Promise.all([one.ensure('mercy'), other.ensure('mercy')]);
    await later.load();
    expect(one.find('mercy')).toEqual(other.find('mercy'));
    expect(later.find('mercy')).toEqual(one.find('mercy'));
  });

  it('shreds what was encrypted under a destroyed key', async () => {
    const keys = new MemberKeys(schema.pool, () => [master]);
    await keys.ensure('leaving');
    const sealed = new FieldCipher(keys.find).seal('leaving', 'c', 'x');
    await keys.destroy('leaving');
    await keys.load();
    expect(() => new FieldCipher(keys.find).open('leaving', 'c', sealed)).toThrow('member-key-missing');
    await keys.ensure('leaving');
    expect(() => new FieldCipher(keys.find).open('leaving', 'c', sealed)).toThrow('field-unreadable');
  });

  it('is wrapped under the next master key while it is used, after which the former opens nothing', async () => {
    const next = Buffer.alloc(32, 10);
    const before = new MemberKeys(schema.pool, () => [master]);
    await before.ensure('staying');
    const sealed = new FieldCipher(before.find).seal('staying', 'c', 'x');
    const [one, other] = [1, 2].map(() => new MemberKeys(schema.pool, () => [next, master])) as [
      MemberKeys,
      MemberKeys,
    ];
    await one.load();
    const { rows } = await schema.pool.query<{ n: number }>('select count(*)::int as n from member_key');
    const counts = await Promise.all([one.rewrap(), other.rewrap()]);
    expect(counts[0] + counts[1]).toBe(rows[0]?.n);
    expect(await one.rewrap()).toBe(0);
    const after = new MemberKeys(schema.pool, () => [next]);
    await after.load();
    expect(new FieldCipher(after.find).open('staying', 'c', sealed).toString()).toBe('x');
    await expect(new MemberKeys(schema.pool, () => [master]).load()).rejects.toThrow();
    // What follows finds the table as it was.
    await new MemberKeys(schema.pool, () => [master, next]).rewrap();
  });

  it('does not load under another master key', async () => {
    await expect(new MemberKeys(schema.pool, () => [Buffer.alloc(32, 8)]).load()).rejects.toThrow();
  });
});
