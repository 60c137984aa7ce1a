import { createHash } from 'node:crypto';

import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

import { CaseCipher } from './case-cipher.js';
import { CaseStore, rowOf } from './case.store.js';
import { type ToldCaseEvent, caseOf } from './review-case.js';

interface EventRow {
  readonly case_id: string;
  readonly seq: number;
  readonly content: Buffer;
}

/** SHA-256 (base64url) of an event, as the ledger's entry of it has it. */
export const digestOf = (told: ToldCaseEvent): string =>
  createHash('sha256').update(JSON.stringify(told)).digest('base64url');

const CASES_AT_ONCE = 200;

/** Holds cases against what the log says of their events, and what lists say of them against the events. */
@Injectable()
export class CaseRepair {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly source: DataSource,
    private readonly cipher: CaseCipher,
    private readonly store: CaseStore,
  ) {}

  /** Events that the log tells of and the table does not have, or has as others. @param told by case, digests by place. */
  async missing(
    told: ReadonlyMap<string, ReadonlyMap<number, string>>,
  ): Promise<readonly { readonly caseId: string; readonly seq: number }[]> {
    const missing: { caseId: string; seq: number }[] = [];
    for (const caseIds of inGroups([...told.keys()])) {
      const kept = new Map((await this.rowsOf(caseIds)).map((row) => [placeOf(row.case_id, row.seq), row]));
      for (const caseId of caseIds) {
        for (const [seq, digest] of told.get(caseId) ?? []) {
          const row = kept.get(placeOf(caseId, seq));
          if (row === undefined || this.digestIn(row) !== digest) missing.push({ caseId, seq });
        }
      }
    }
    return missing;
  }

  /** Makes the rows that lists are made of what the events add up to. @returns the cases whose row was another. */
  async putRight(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ case_id: string }>('select case_id from case_event where seq = 0');
    const changed: string[] = [];
    for (const caseIds of inGroups(rows.map(({ case_id: caseId }) => caseId))) {
      for (const caseId of await this.suspected(caseIds)) if (await this.putOneRight(caseId)) changed.push(caseId);
    }
    return changed;
  }

  private async suspected(caseIds: readonly string[]): Promise<readonly string[]> {
    const events = Map.groupBy(await this.rowsOf(caseIds), ({ case_id: caseId }) => caseId);
    const rows = new Map((await this.store.rowsOf(caseIds)).map((row) => [row.caseId, row]));
    return caseIds.filter((caseId) => {
      const told = this.opened(events.get(caseId) ?? []);
      return told !== undefined && !isSame(rows.get(caseId), rowOf(caseId, caseOf(told)));
    });
  }

  /** Under the lock that whoever adds an event waits for. */
  private async putOneRight(caseId: string): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      await manager.query('select 1 from review_case where case_id = $1 for update', [caseId]);
      const expected = rowOf(caseId, caseOf(await this.store.eventsOf(caseId, manager)));
      const [row] = await this.store.rowsOf([caseId], manager);
      if (isSame(row, expected)) return false;
      await this.store.keep(expected, manager);
      return true;
    });
  }

  private async rowsOf(caseIds: readonly string[]): Promise<readonly EventRow[]> {
    const { rows } = await this.pool.query<EventRow>(
      'select case_id, seq, content from case_event where case_id = any($1::uuid[]) order by case_id, seq',
      [caseIds],
    );
    return rows;
  }

  private digestIn({ case_id: caseId, seq, content }: EventRow): string | undefined {
    const [told] = this.opened([{ case_id: caseId, seq, content }]) ?? [];
    return told && digestOf(told);
  }

  /** `undefined` where one of them was written into: then nothing of it is to be believed. */
  private opened(rows: readonly EventRow[]): readonly ToldCaseEvent[] | undefined {
    try {
      return rows.map(
        ({ case_id: caseId, seq, content }) => this.cipher.open({ caseId, seq }, content) as ToldCaseEvent,
      );
    } catch {
      return undefined;
    }
  }
}

const placeOf = (caseId: string, seq: number): string => `${caseId} ${seq}`;

const isSame = (one: object | undefined, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

function* inGroups<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += CASES_AT_ONCE) yield items.slice(from, from + CASES_AT_ONCE);
}
