import type { ClientBase, Pool } from 'pg';

import { type Acceptance, type Unit, commitBatch, commitNewBatch, isNotAllNew, unitKey } from './commit-batch.js';
import { withClient } from './with-client.js';

/** A statement with its parameters; `name` keeps it prepared on its connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/**
 * A table write that belongs to a unit; all writes of a batch of the same kind go together.
 *
 * `write` says what is to be done and does nothing itself, so that a whole transaction can be sent at once.
 */
export interface Effect<T> {
  readonly write: (values: readonly T[]) => readonly Statement[];
  readonly value: T;
}

interface Waiting {
  readonly unit: Unit;
  readonly effect: Effect<unknown> | undefined;
  readonly resolve: (acceptance: Acceptance) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_BATCH = 256;

/**
 * Commits units in groups: at once when nothing is being committed, otherwise together with all that came meanwhile.
 *
 * No timer, so a lone message waits for nobody and a crowd shares one commit. A unit already in the group waits for the next.
 */
export class GroupCommitter {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(private readonly pool: Pool) {}

  /** @returns whether the unit was new; rejects when PostgreSQL could not be asked. Then nothing of the group was stored. */
  commit<T>(unit: Unit, effect?: Effect<T>): Promise<Acceptance> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ unit, effect: effect as Effect<unknown> | undefined, resolve, reject });
      if (!this.running) {
        this.running = true;
        setImmediate(() => void this.drain());
      }
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.takeGroup();
      try {
        const accepted = await this.store(group);
        group.forEach((waiter, at) => waiter.resolve(accepted[at] ?? 'replayed'));
      } catch (error) {
        group.forEach((waiter) => waiter.reject(error));
      }
    }
    this.running = false;
  }

  private takeGroup(): readonly Waiting[] {
    const taken = new Set<string>();
    const group: Waiting[] = [];
    const left: Waiting[] = [];
    for (const waiter of this.waiting) {
      const key = unitKey(waiter.unit.msgId, waiter.unit.part);
      if (group.length < MAX_BATCH && !taken.has(key)) {
        taken.add(key);
        group.push(waiter);
      } else {
        left.push(waiter);
      }
    }
    this.waiting = left;
    return group;
  }

  private async store(group: readonly Waiting[]): Promise<readonly Acceptance[]> {
    const units = group.map((waiter) => waiter.unit);
    if (group.every((waiter) => waiter.effect === undefined)) return commitBatch(this.pool, units);
    try {
      return await withClient(this.pool, (client) => storeNew(client, group, units));
    } catch (error) {
      if (!isNotAllNew(error)) throw error;
      return withClient(this.pool, (client) => storeFresh(client, group, units));
    }
  }
}

/**
 * The whole transaction in one round trip, as nearly every group can go: all its messages are new.
 *
 * The statements are sent without waiting for each other (the pool's `pipeline`). When one fails, PostgreSQL refuses those behind it,
 * and the `commit` among them rolls back.
 */
async function storeNew(
  client: ClientBase,
  group: readonly Waiting[],
  units: readonly Unit[],
): Promise<readonly Acceptance[]> {
  const [, accepted] = await Promise.all([
    client.query('begin'),
    commitNewBatch(client, units),
    writeEffects(client, group),
    client.query('commit'),
  ]);
  return accepted;
}

/** Step by step, where some of the group were stored before: their effects are left out. */
async function storeFresh(
  client: ClientBase,
  group: readonly Waiting[],
  units: readonly Unit[],
): Promise<readonly Acceptance[]> {
  await client.query('begin');
  const accepted = await commitBatch(client, units);
  await writeEffects(
    client,
    group.filter((_, at) => accepted[at] === 'fresh'),
  );
  await client.query('commit');
  return accepted;
}

async function writeEffects(client: ClientBase, group: readonly Waiting[]): Promise<void> {
  const byWrite = new Map<Effect<unknown>['write'], unknown[]>();
  for (const { effect } of group) {
    if (effect === undefined) continue;
    byWrite.set(effect.write, [...(byWrite.get(effect.write) ?? []), effect.value]);
  }
  const statements = [...byWrite].flatMap(([write, values]) => write(values));
  await Promise.all(statements.map((statement) => client.query(statement)));
}
