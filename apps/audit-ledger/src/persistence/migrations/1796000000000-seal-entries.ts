import { makeAppendOnly } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { letUsersVacuum } from './let-users-vacuum.js';

/** The projection of sealed entries, which is filled from the log, and the keys of patients. What is searched by is computed from what is authenticated. */
export class SealEntries1796000000000 implements MigrationInterface {
  name = 'SealEntries1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop table entry');
    await runner.query(`
      create table entry (
        index bigint primary key check (index >= 0),
        leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
        at timestamptz not null,
        head jsonb not null,
        details bytea not null,
        mac bytea not null check (octet_length(mac) = 32),
        event_id uuid not null unique generated always as ((head ->> 'eventId')::uuid) stored,
        txn uuid generated always as ((head ->> 'txn')::uuid) stored,
        service text not null generated always as (head ->> 'service') stored,
        action text not null generated always as (head ->> 'action') stored,
        outcome text not null generated always as (head ->> 'outcome') stored,
        reason text generated always as (head ->> 'reason') stored,
        purpose text generated always as (head ->> 'purpose') stored,
        member text generated always as (head -> 'requester' ->> 'memberId') stored,
        client text generated always as (head -> 'requester' ->> 'clientId') stored,
        user_id text generated always as (head -> 'requester' ->> 'userId') stored,
        patient uuid generated always as ((head ->> 'patient')::uuid) stored
      )`);
    await runner.query('create index entry_txn on entry (txn) where txn is not null');
    await runner.query('create index entry_patient on entry (patient, index) where patient is not null');
    await runner.query('create index entry_action on entry (action, index)');
    await makeAppendOnly(runner, 'entry');
    await runner.query(`
      create table patient_key (
        key_id uuid primary key,
        person bytea unique check (octet_length(person) = 32),
        wrapped bytea,
        made_at timestamptz not null default now(),
        erased_at timestamptz,
        constraint patient_key_whole_or_erased check ((person is null) = (wrapped is null) and (wrapped is null) = (erased_at is not null))
      )`);
    await letUsersVacuum(runner, 'patient_key');
    await runner.query(`
      create table legal_hold (
        hold_id uuid primary key,
        key_id uuid not null,
        matter text not null check (matter ~ '^[A-Za-z0-9._/-]{1,64}$'),
        placed_at timestamptz not null default now(),
        lifted_at timestamptz
      )`);
    await runner.query('create index legal_hold_key on legal_hold (key_id) where lifted_at is null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table legal_hold');
    await runner.query('drop table patient_key');
    await runner.query('drop table entry');
    await runner.query(`
      create table entry (
        index bigint primary key check (index >= 0),
        event_id uuid not null unique,
        leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
        txn uuid,
        action text not null,
        patient text,
        content jsonb not null,
        at timestamptz not null
      )`);
    await makeAppendOnly(runner, 'entry');
  }
}
