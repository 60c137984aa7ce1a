import { z } from 'zod';

import { type EventType, queryHop } from './event-type.js';
import { recordKindSchema } from './record-kinds.js';

/** How members answered one query: what the record locator learns its order from. */
export const custodiansObservedSchema = z.object({
  eventId: z.uuid(),
  personId: z.uuid(),
  observations: z.array(
    z.object({
      memberId: z.string(),
      answered: z.boolean(),
      elapsedMs: z.number().min(0),
      kinds: z.array(recordKindSchema),
    }),
  ),
  at: z.iso.datetime(),
});

export type CustodiansObserved = z.infer<typeof custodiansObservedSchema>;

export const custodiansObserved: EventType<CustodiansObserved> = {
  ...queryHop,
  topic: 'exchange.custodians.observed.v1',
  schema: custodiansObservedSchema,
  key: (event) => event.personId,
  producers: ['document-query'],
  consumers: ['record-locator'],
  authority: 'service',
  members: ({ observations }) => observations.map(({ memberId }) => memberId),
  outlivesDeadline: true,
  example: {
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    personId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
    observations: [{ memberId: 'st-marys', answered: true, elapsedMs: 42, kinds: ['AllergyIntolerance'] }],
    at: '2026-01-01T00:00:00.000Z',
  },
};
