import { z } from 'zod';

import { type EventType, queryHop } from './event-type.js';
import { recordKindSchema } from './record-kinds.js';

const short = z.string().max(256);

export const identifierSchema = z.object({ system: short, value: short });

/** What is known of the patient at the door; absent parts are unknown, never guessed. */
export const demographicsSchema = z.object({
  /** Given names of the current name in their order: the first name, then middle names. */
  given: z.array(short).max(8),
  /** The current family name, then former ones. */
  family: z.array(short).max(4),
  suffix: short.optional(),
  /** Maiden names, nicknames and earlier names as wholes. */
  furtherNames: z.array(z.object({ given: z.array(short).max(8), family: short })).max(8),
  /** `YYYY-MM-DD`, or as much of it as is known. */
  birthDate: z
    .string()
    .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)
    .optional(),
  sex: z.enum(['male', 'female', 'other', 'unknown']).optional(),
  phones: z.array(short).max(8),
  emails: z.array(short).max(8),
  addresses: z
    .array(
      z.object({
        street: short.optional(),
        unit: short.optional(),
        city: short.optional(),
        state: short.optional(),
        postalCode: short.optional(),
      }),
    )
    .max(8),
  identifiers: z.array(identifierSchema).max(16),
});

export type Demographics = z.infer<typeof demographicsSchema>;

/** The question, fixed at the door: the token is bound to these bytes, and no hop may change them. */
export const querySchema = z.object({
  operation: z.enum(['arrival', 'match', 'summary', 'search']),
  kinds: z.array(recordKindSchema),
  /** `complete` is asked for after `critical` has been answered. */
  stages: z.array(z.enum(['critical', 'complete'])).min(1),
  patient: z.object({
    /** The exchange's own id, once the gateway has opened a handle; an invented handle opens to an id that nobody has. */
    personId: z.guid().optional(),
    demographics: demographicsSchema.optional(),
  }),
  requester: z.object({ memberId: short, clientId: short, userId: short.optional() }),
  /** `$match`: how many candidates at most, and whether only a certain one will do. */
  match: z.object({ onlyCertain: z.boolean(), count: z.int().min(1).max(50) }).optional(),
  encounter: short.optional(),
});

export type Query = z.infer<typeof querySchema>;

export const queryRequestedSchema = z.object({
  txn: z.uuid(),
  /** The query as the gateway wrote it (`Query` in JSON); its digest is the token's `qh`. */
  query: z.string().max(64 * 1024),
});

export type QueryRequested = z.infer<typeof queryRequestedSchema>;

export const queryRequested: EventType<QueryRequested> = {
  ...queryHop,
  topic: 'exchange.query.requested.v1',
  schema: queryRequestedSchema,
  producers: ['gateway'],
  consumers: ['patient-index'],
  // So many instances of the patient index can answer at once; its first partition says which of them writes (docs/adr/0024).
  partitions: 4,
  example: {
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    query:
      '{"operation":"arrival","kinds":["AllergyIntolerance"],"stages":["critical"],"patient":{"demographics":{"given":["Vera"],"family":["Example"],"furtherNames":[],"phones":[],"emails":[],"addresses":[],"identifiers":[]}},"requester":{"memberId":"mercy-general","clientId":"mercy-general-emr"}}',
  },
};
