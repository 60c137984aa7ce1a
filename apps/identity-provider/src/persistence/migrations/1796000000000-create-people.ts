import { createMemberKeys, dropMemberKeys } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePeople1796000000000 implements MigrationInterface {
  name = 'CreatePeople1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createMemberKeys(runner);
    // There is no column for a password, and none for anything that would sign a person in alone.
    await runner.query(`
      create table person (
        person_id uuid primary key,
        member_id text not null,
        name bytea not null,
        email bytea not null,
        email_index bytea not null,
        status text not null check (status in ('invited', 'active', 'disabled')),
        disabled_reason text,
        created_at timestamptz not null default now(),
        last_active_at timestamptz not null default now(),
        totp_secret bytea,
        totp_last_step bigint,
        unique (member_id, email_index),
        check ((status = 'disabled') = (disabled_reason is not null))
      )`);
    await runner.query(`
      create table person_role (
        person_id uuid not null references person,
        role text not null check (role in ('clinician', 'registrar', 'data-steward', 'participant-administrator',
          'exchange-administrator', 'compliance-officer', 'patient', 'proxy')),
        granted_by text not null,
        granted_at timestamptz not null default now(),
        primary key (person_id, role),
        check (granted_by <> person_id::text)
      )`);
    await runner.query(`
      create table authenticator (
        credential_id text primary key,
        person_id uuid not null,
        public_key bytea not null,
        counter bigint not null check (counter >= 0),
        transports text[] not null,
        device_type text not null check (device_type in ('singleDevice', 'multiDevice')),
        backed_up boolean not null,
        status text not null check (status in ('active', 'suspended', 'revoked')),
        created_at timestamptz not null default now(),
        last_used_at timestamptz
      )`);
    await runner.query('create index authenticator_person on authenticator (person_id)');
    await runner.query(`
      create table invitation (
        invitation_id uuid primary key,
        person_id uuid not null,
        kind text not null check (kind in ('enrolment', 'recovery')),
        code_hash bytea,
        issued_by text not null,
        approved_by text,
        app_lost boolean not null,
        issued_at timestamptz not null default now(),
        usable_at timestamptz,
        expires_at timestamptz not null,
        failures integer not null default 0,
        used_at timestamptz,
        check ((code_hash is null) = (usable_at is null) and (kind = 'recovery' or code_hash is not null)),
        check (kind = 'enrolment' or (approved_by is null) = (code_hash is null)),
        check (approved_by <> issued_by and issued_by <> person_id::text and approved_by <> person_id::text)
      )`);
    await runner.query('create unique index invitation_code_hash on invitation (code_hash)');
    await runner.query('create index invitation_person on invitation (person_id)');
    await runner.query(`
      create table enrolment_session (
        cookie_hash bytea primary key,
        person_id uuid not null,
        invitation_id uuid,
        stage text not null check (stage in ('app', 'passkeys')),
        totp_draft bytea,
        expires_at timestamptz not null
      )`);
    await runner.query('create index enrolment_session_expires_at on enrolment_session (expires_at)');
    await runner.query(`
      create table ceremony (
        challenge text primary key,
        bound_to text not null,
        expires_at timestamptz not null
      )`);
    await runner.query('create index ceremony_expires_at on ceremony (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['ceremony', 'enrolment_session', 'invitation', 'authenticator', 'person_role', 'person']) {
      await runner.query(`drop table ${table}`);
    }
    await dropMemberKeys(runner);
  }
}
