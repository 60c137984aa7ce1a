import type { ClientBase, Pool } from 'pg';

import { type Acceptance, type Unit, commitBatch, unitKey } from './commit-batch.js';

/** A table write that belongs to a unit; all writes of a batch of the same kind go in one statement. */
export interface Effect<T> {
  readonly write: (client: ClientBase, values: readonly T[]) => Promise<void>;
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
    const client = await this.pool.connect();
    // A connection that breaks while it is in use tells everybody, not only the query that waits; unheard, that ends the process.
    const lost = (): void => undefined;
    client.on('error', lost);
    try {
      await client.query('begin');
      const accepted = await commitBatch(client, units);
      await writeEffects(
        client,
        group.filter((_, at) => accepted[at] === 'fresh'),
      );
      await client.query('commit');
      client.off('error', lost);
      client.release();
      return accepted;
    } catch (error) {
      // A connection that failed in a transaction is not given back: its state is unknown.
      client.release(true);
      throw error;
    }
  }
}

async function writeEffects(client: ClientBase, group: readonly Waiting[]): Promise<void> {
  const byWrite = new Map<Effect<unknown>['write'], unknown[]>();
  for (const { effect } of group) {
    if (effect === undefined) continue;
    byWrite.set(effect.write, [...(byWrite.get(effect.write) ?? []), effect.value]);
  }
  for (const [write, values] of byWrite) await write(client, values);
}
