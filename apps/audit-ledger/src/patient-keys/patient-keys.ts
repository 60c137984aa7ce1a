import { type KeyObject, createHmac, randomBytes, randomUUID } from 'node:crypto';

import { wrapKey } from '@hie/persistence';
import { PG_POOL, Refusal } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { KEY_PERIODS, type KeyPeriod, type KeyPeriodRow } from '../follow-merges/person-standings.js';
import { LedgerKeys } from './ledger-keys.js';

export interface PatientKey {
  /** The patient's pseudonym in every entry. */
  readonly keyId: string;
  readonly key: KeyObject;
}

interface Row {
  readonly key_id: string;
  readonly wrapped: Buffer;
}

/** Keys held open; a query's hops speak of one patient within a second. */
const HELD = 50_000;

/** The patients' keys: made at the first event, held open while they are used, destroyed when a patient is erased. */
@Injectable()
export class PatientKeys {
  /** By hash of the person, in the order they were used first. */
  private readonly held = new Map<string, Promise<PatientKey>>();
  /** Rows on their way into the table, wrapped under what was the first key when they began. */
  private readonly making = new Set<Promise<unknown>>();

  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly keys: LedgerKeys,
  ) {}

  /** The key of a person, which is made and stored when there is none. */
  of(personId: string): Promise<PatientKey> {
    const person = this.hashOf(personId);
    const name = person.toString('base64');
    const known = this.held.get(name);
    if (known !== undefined) return known;
    const found = this.findOrMake(person);
    this.hold(name, found);
    // One that could not be had is asked for again.
    found.catch(() => this.held.delete(name));
    return found;
  }

  /**
   * The keys that entries about a person lie under, merges followed: the person's own first, then those of whoever stands for the same one
   * today, then others' with the times in which the person was answered for under them. None where the ledger knows nobody of the kind.
   */
  async keysOf(personId: string): Promise<readonly KeyPeriod[]> {
    const values = [this.hashOf(personId)];
    const { rows } = await this.pool.query<KeyPeriodRow>({ name: 'keys-of-person', text: KEY_PERIODS, values });
    return rows.map(({ key_id: keyId, since, until }) =>
      since === null || until === null ? { keyId } : { keyId, since, until },
    );
  }

  /** What a person is found by: says who it is only to whoever has the ledger's key. */
  hashOf(personId: string): Buffer {
    return createHmac('sha256', this.keys.persons).update(personId).digest();
  }

  /**
   * Those of these keys that still exist.
   *
   * @throws Refusal `patient-key-unopened` (503): one lies under a wrapping key that this process's key file does not have.
   */
  async open(keyIds: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    if (keyIds.length === 0) return new Map();
    const { rows } = await this.pool.query<Row>({
      name: 'patient-keys-by-id',
      text: 'select key_id, wrapped from patient_key where key_id = any($1::uuid[]) and wrapped is not null',
      values: [[...new Set(keyIds)]],
    });
    return new Map(rows.map((row) => [row.key_id, this.unwrapped(row).key]));
  }

  /** Lets go of a key that was destroyed. */
  async forget(keyId: string): Promise<void> {
    for (const [name, held] of this.held) {
      if ((await held.catch(() => undefined))?.keyId === keyId) this.held.delete(name);
    }
  }

  /** Waits for the keys that were being made when it was called: each is in the table then, or is not made. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.making);
  }

  private async findOrMake(person: Buffer): Promise<PatientKey> {
    const known = await this.select(person);
    if (known !== undefined) return this.unwrapped(known);
    const making = this.make(person);
    this.making.add(making);
    await making.finally(() => this.making.delete(making));
    // Two that make one at once agree on the first.
    const made = await this.select(person);
    if (made === undefined) throw new RangeError('A patient’s key was erased while it was made.');
    return this.unwrapped(made);
  }

  private async make(person: Buffer): Promise<void> {
    const [first] = this.keys.wrapping.keys();
    await this.pool.query({
      name: 'make-patient-key',
      text: 'insert into patient_key (key_id, person, wrapped) values ($1, $2, $3) on conflict (person) do nothing',
      values: [randomUUID(), person, wrapKey(randomBytes(32), first)],
    });
  }

  private async select(person: Buffer): Promise<Row | undefined> {
    const { rows } = await this.pool.query<Row>({
      name: 'patient-key-of-person',
      text: 'select key_id, wrapped from patient_key where person = $1',
      values: [person],
    });
    return rows[0];
  }

  private hold(name: string, key: Promise<PatientKey>): void {
    this.held.set(name, key);
    if (this.held.size <= HELD) return;
    const oldest = this.held.keys().next();
    if (!oldest.done) this.held.delete(oldest.value);
  }

  private unwrapped({ key_id, wrapped }: Row): PatientKey {
    const found = this.keys.wrapping.unwrap(wrapped);
    if (found === undefined) throw new Refusal('patient-key-unopened', 503);
    return { keyId: key_id, key: found.key };
  }
}
