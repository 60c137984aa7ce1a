// The watch over a real projection: it is given the entries of two queries, of which one lacks a step.
import { randomUUID } from 'node:crypto';

import type { AuditFacts } from '@hie/messaging';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import type { QueryRunner } from 'typeorm';

import { type StandingEntry, insertEntries } from '../append-event/entry.store.js';
import { model } from '../persistence/model.js';
import { ChainStore } from './chain.store.js';
import { CompletenessWatch } from './completeness-watch.js';
import { chainActions } from './find-gaps.js';
import { GapAlerts } from './gap-alerts.js';

let schema: TestSchema;
beforeAll(async () => {
  schema = await testSchema();
  await applyIn(schema, async (runner: QueryRunner) => {
    for (const Migration of model.migrations) await new Migration().up(runner);
  });
});
afterAll(() => schema.drop());

const services = ['gateway', 'patient-index', 'consent', 'record-locator', 'document-query'] as const;

/** The entries of one query from an index on, one for each step. */
function way(txn: string, from: number): StandingEntry[] {
  return chainActions.map((action, at) => ({
    index: from + at,
    leafHash: Buffer.alloc(32, from + at),
    details: '',
    mac: Buffer.alloc(32),
    head: {
      ...{ eventId: randomUUID(), txn, action, outcome: 'success', at: '2026-01-01T00:00:00.000Z' },
      ...{ service: services[at]!, sealedBy: services[at]! },
      seals: at === 0 ? [`${txn}-0`] : [`${txn}-${at - 1}`, `${txn}-${at}`],
    },
  }));
}

it('tells of the step that is missing, to the log and to the ledger, and of nothing else', async () => {
  const [whole, broken] = [randomUUID(), randomUUID()];
  const entries = [...way(whole, 0), ...way(broken, 5).filter(({ index }) => index !== 7)];
  for (const statement of insertEntries(entries)) await schema.pool.query(statement);
  const told: unknown[] = [];
  const logged: unknown[] = [];
  const trail = {
    record: (facts: AuditFacts, about: object) => Promise.resolve(void told.push({ ...facts, ...about })),
  };
  const logger = { error: (fields: object) => void logged.push(fields) };
  const alerts = new GapAlerts(trail as never, logger as never);
  const watch = new CompletenessWatch({} as never, new ChainStore(schema.pool), alerts, logger as never);

  await watch.look({ begin: 0, end: 5 });
  expect(told).toEqual([]);
  // Only the last step of the broken query lies in the range: the rest of its way is read all the same.
  await watch.look({ begin: 8, end: 9 });
  await watch.look({ begin: 0, end: 10 });
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({
    ...{ action: 'ledger.gap-found', outcome: 'failed', reason: 'entry-missing', txn: broken },
    details: { index: 8, missing: 'disclosure.decided', service: 'consent' },
  });
  expect(told[1]).toEqual(told[0]);
  const missing = { index: 8, missing: 'disclosure.decided', missingFrom: 'consent' };
  expect(logged[0]).toEqual({ ...missing, txn: broken, reason: 'entry-missing' });
});
