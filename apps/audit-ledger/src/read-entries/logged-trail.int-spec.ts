// What is given out of the ledger waits for its own entry; a replica does not, because the one writer may be dead.
import type { AuditCircumstances, AuditFacts } from '@hie/messaging';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';

import { LoggedTrail } from './logged-trail.js';
import { type SealedProjection, createTables, sealedProjection } from './sealed-projection.fixture.js';

const facts = { action: 'patient-key.handed-out', outcome: 'success' } as const;

let schema: TestSchema;
let projection: SealedProjection;
let told: (AuditCircumstances & AuditFacts)[];

beforeAll(async () => {
  schema = await testSchema();
  await applyIn(schema, createTables);
  projection = sealedProjection(schema.pool);
});
beforeEach(() => {
  told = [];
});
afterAll(() => schema.drop());

function trailOf(role: 'sequencer' | 'replica'): LoggedTrail {
  const outbox = {
    record: (of: AuditFacts, circumstances: AuditCircumstances) =>
      Promise.resolve(void told.push({ ...of, ...circumstances })),
  };
  return new LoggedTrail(outbox as never, schema.pool, { LEDGER_ROLE: role });
}

it('is over when the log has the entry, and not when the outbox has it', async () => {
  let isOver = false;
  const recorded = trailOf('sequencer')
    .record(facts, {})
    .then(() => (isOver = true));
  while (told.length === 0) await new Promise(setImmediate);
  await projection.append({ action: 'query.requested' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isOver).toBe(false);
  await projection.append({ ...facts, eventId: told[0]?.eventId ?? '' });
  await recorded;
  expect(isOver).toBe(true);
});

it('is over at once at a replica', async () => {
  await trailOf('replica').record(facts, {});
  expect(told).toMatchObject([facts]);
});
