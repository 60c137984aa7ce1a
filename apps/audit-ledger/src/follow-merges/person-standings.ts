import type { Statement } from '@hie/persistence';

import type { PersonStandingEntity } from './person-standing.entity.js';

/** Keeps what is told of persons. What has ended once stays ended, so a word that comes again, or late, changes nothing. */
export function upsertStandings(told: readonly (readonly PersonStandingEntity[])[]): readonly Statement[] {
  const newest = new Map<string, PersonStandingEntity>();
  for (const standing of told.flat()) {
    const name = `${standing.person.toString('base64')} ${standing.since.toISOString()}`;
    if (newest.get(name)?.until == null) newest.set(name, standing);
  }
  const rows = [...newest.values()];
  return [
    {
      name: 'upsert-person-standings',
      text: `
      insert into person_standing (person, survivor, since, until)
      select * from unnest($1::bytea[], $2::bytea[], $3::timestamptz[], $4::timestamptz[])
      on conflict (person, since) do update set until = coalesce(person_standing.until, excluded.until)`,
      values: [
        rows.map(({ person }) => person),
        rows.map(({ survivor }) => survivor),
        rows.map(({ since }) => since),
        rows.map(({ until }) => until),
      ],
    },
  ];
}

/** Where entries about a patient lie: under a key, and where that is also another's, from when to when. */
export interface KeyPeriod {
  readonly keyId: string;
  /** Both absent for a key that is the patient's own; then all of it is meant. */
  readonly since?: Date;
  readonly until?: Date;
}

/** A key period as `KEY_PERIODS` gives it. */
export interface KeyPeriodRow {
  readonly key_id: string;
  readonly since: Date | null;
  readonly until: Date | null;
}

/**
 * The keys of a person ($1, a hash) and of everybody who stands for the same one today, the person's own first; and those under which any of
 * them was answered for while it was merged into somebody else, with the times.
 */
export const KEY_PERIODS = `
  with root as (
      select coalesce((select survivor from person_standing where person = $1 and until is null limit 1), $1) as person),
    members as (
      select person from root
      union select standing.person from person_standing standing join root on standing.survivor = root.person
      where standing.until is null),
    periods as (
      select person, null::timestamptz as since, null::timestamptz as until from members
      union select survivor, since, until from person_standing
      where until is not null and person in (select person from members) and survivor not in (select person from members))
  select key_id, since, until from periods join patient_key using (person) order by since nulls first, person <> $1`;

/**
 * `joined`: the persons of some keys and all whom any merge ever joined them with, whether it stands or not.
 *
 * @param keyIds an expression that a key's id is compared with: `any($1::uuid[])`.
 */
export const joinedEver = (keyIds: string): string => `
  with recursive joined(person) as (
    select person from patient_key where key_id = ${keyIds} and person is not null
    union select case when standing.person = joined.person then standing.survivor else standing.person end
    from joined join person_standing standing on joined.person in (standing.person, standing.survivor))`;

/** Whether a period is of a key that is the patient's own, now that merges are followed. */
export const isOwn = ({ since }: KeyPeriod): boolean => since === undefined;
