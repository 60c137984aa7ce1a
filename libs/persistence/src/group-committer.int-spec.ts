// Outputs and effects of many units in one commit, and what follows when the connection goes in the middle of it.
import { randomUUID } from 'node:crypto';

import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';

import { GroupCommitter } from './group-committer.js';
import { createInboxAndOutbox } from './inbox-outbox.js';
import { createToldEvents } from './told-events.js';

const unit = () => ({ msgId: randomUUID(), part: 'main', topic: 't', partition: 0, offset: '0', outputs: [] });

describe(GroupCommitter.name, () => {
  let schema: TestSchema;
  let committer: GroupCommitter;
  beforeAll(async () => {
    schema = await testSchema();
    await applyIn(schema, createInboxAndOutbox);
    await applyIn(schema, createToldEvents);
    await schema.pool.query('create table seen (word text not null)');
    committer = new GroupCommitter(schema.pool);
  });
  afterAll(() => schema.drop());

  const write = (words: readonly string[]) => [
    { name: 'see', text: 'insert into seen select unnest($1::text[])', values: [words] },
  ];
  const breakConnection = () => [{ name: 'end', text: 'select pg_terminate_backend(pg_backend_pid())', values: [] }];

  it('stores effects with their unit, once', async () => {
    const once = unit();
    expect(await committer.commit(once, { write, value: 'a' })).toBe('fresh');
    expect(await committer.commit(once, { write, value: 'a' })).not.toBe('fresh');
    expect((await schema.pool.query('select word from seen')).rows).toEqual([{ word: 'a' }]);
  });

  it('tells whoever waits that the connection is gone, lives on, and has stored nothing', async () => {
    const lost = unit();
    await expect(committer.commit(lost, { write: breakConnection, value: 'b' })).rejects.toThrow();
    expect(await committer.commit(lost, { write, value: 'b' })).toBe('fresh');
    expect((await schema.pool.query(`select word from seen where word = 'b'`)).rowCount).toBe(1);
  });
});
