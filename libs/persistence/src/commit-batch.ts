import type { ClientBase, Pool } from 'pg';

import { packed } from './packed.js';

/** A message on its way out, packed as it will be sent. */
export interface OutboxRecord {
  /** The message's own id. */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  /** Headers and value in one (`packRecord` of `@hie/messaging`). */
  readonly record: Buffer;
  /** The audit event that it tells, if it tells one: it is counted in the same commit (`ToldEvents`). */
  readonly tells?: string;
}

/** What one message caused, to be stored once. */
export interface Unit {
  readonly msgId: string;
  /** One message may have its effect in several parts, each stored by itself (the stages of an answer). */
  readonly part: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly outputs: readonly OutboxRecord[];
}

/** `fresh`: stored now. `redelivered`: stored before, from the same place. `replayed`: stored before, from another place. */
export type Acceptance = 'fresh' | 'redelivered' | 'replayed';

const stored = `
  with incoming as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bigint[])
      as t(msg_id, part, topic, log_partition, log_offset)
  ), fresh as (
    insert into inbox (msg_id, part, topic, log_partition, log_offset) select * from incoming
    on conflict do nothing returning msg_id, part
  ), outgoing as (
    select o.* from unnest($6::uuid[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::int[], $13::int[], $14::uuid[])
      as o(msg_id, part, id, topic, key, position, length, tells)
    join fresh using (msg_id, part)
  ), stored as (
    insert into outbox (id, topic, key, record)
    select id, topic, key, substring($12::bytea from position for length) from outgoing
  ), told as (
    insert into told_event (event_id) select tells from outgoing where tells is not null
  )`;

const statement = `${stored}
  select i.msg_id, i.part, f.msg_id is not null as is_fresh,
         x.topic = i.topic and x.log_partition = i.log_partition and x.log_offset = i.log_offset as is_same
  from incoming i
  left join fresh f using (msg_id, part)
  left join inbox x using (msg_id, part)`;

// Divides by zero for a unit that is not new, and so ends the transaction that it is part of.
const strictStatement = `${stored}
  select i.msg_id, i.part, 1 / (f.msg_id is not null)::int = 1 as is_fresh, null as is_same
  from incoming i left join fresh f using (msg_id, part)`;
const DIVISION_BY_ZERO = '22012';

interface Row {
  readonly msg_id: string;
  readonly part: string;
  readonly is_fresh: boolean;
  readonly is_same: boolean | null;
}

/**
 * Stores inbox and outbox rows of many messages in one statement, and so in one commit.
 *
 * A unit whose message was stored before leaves no outbox row. Two units of the same message and part must not be in one batch.
 *
 * @returns for each unit, in order, whether it was new.
 */
export const commitBatch = (db: Pool | ClientBase, units: readonly Unit[]): Promise<readonly Acceptance[]> =>
  run(db, units, { name: 'commit-batch', text: statement });

/** As `commitBatch`, for units that are all new; otherwise it rejects (`isNotAllNew`) and nothing is stored. */
export const commitNewBatch = (db: ClientBase, units: readonly Unit[]): Promise<readonly Acceptance[]> =>
  run(db, units, { name: 'commit-new-batch', text: strictStatement });

/** Whether `commitNewBatch` found a unit that was stored before. */
export const isNotAllNew = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === DIVISION_BY_ZERO;

async function run(
  db: Pool | ClientBase,
  units: readonly Unit[],
  query: { readonly name: string; readonly text: string },
): Promise<readonly Acceptance[]> {
  const outputs = units.flatMap((unit) => unit.outputs.map((output) => ({ unit, output })));
  const records = packed(outputs.map(({ output }) => output.record));
  const { rows } = await db.query<Row>({
    ...query,
    values: [
      units.map((unit) => unit.msgId),
      units.map((unit) => unit.part),
      units.map((unit) => unit.topic),
      units.map((unit) => unit.partition),
      units.map((unit) => unit.offset),
      outputs.map(({ unit }) => unit.msgId),
      outputs.map(({ unit }) => unit.part),
      outputs.map(({ output }) => output.id),
      outputs.map(({ output }) => output.topic),
      outputs.map(({ output }) => output.key),
      records.positions,
      records.bytes,
      records.lengths,
      outputs.map(({ output }) => output.tells ?? null),
    ],
  });
  const byUnit = new Map(rows.map((row) => [unitKey(row.msg_id, row.part), row]));
  return units.map(({ msgId, part }) => acceptanceOf(byUnit.get(unitKey(msgId, part))));
}

/** The statement that stores messages in the outbox, and counts what they tell, for a transaction that is already open. */
export function outboxInsert(records: readonly OutboxRecord[]): { readonly text: string; readonly values: unknown[] } {
  const { positions, bytes, lengths } = packed(records.map(({ record }) => record));
  return {
    text: `with told as (insert into told_event (event_id) select t from unnest($7::uuid[]) as t where t is not null)
           insert into outbox (id, topic, key, record)
           select o.id, o.topic, o.key, substring($5::bytea from o.position for o.length)
           from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $6::int[]) as o(id, topic, key, position, length)`,
    values: [
      records.map(({ id }) => id),
      records.map(({ topic }) => topic),
      records.map(({ key }) => key),
      positions,
      bytes,
      lengths,
      records.map(({ tells }) => tells ?? null),
    ],
  };
}

/** Names a unit within a batch. */
export const unitKey = (msgId: string, part: string): string => `${msgId}/${part}`;

function acceptanceOf(row: Row | undefined): Acceptance {
  if (row === undefined) throw new RangeError('PostgreSQL returned no row for a unit of the batch.');
  if (row.is_fresh) return 'fresh';
  // Null: a twin of this process stored it after this statement began, which only a redelivery can bring about.
  return row.is_same === false ? 'replayed' : 'redelivered';
}
