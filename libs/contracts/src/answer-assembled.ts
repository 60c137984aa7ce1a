import { z } from 'zod';

import { decisionBasisSchema } from './disclosure-decided.js';
import { CLAIM_CHECK_ABOVE_BYTES, type EventType, queryHop } from './event-type.js';

export const answerStages = ['critical', 'complete', 'late'] as const;

/** What became of one member in one stage. */
export const coverageRowSchema = z.object({
  memberId: z.string(),
  name: z.string(),
  status: z.enum(['answered', 'no-record', 'denied', 'filtered', 'timed-out', 'breaker-open', 'failed', 'not-asked']),
  /** A stable code: why. */
  reason: z.string(),
  /** Resources received, by type. */
  counts: z.record(z.string(), z.int().min(0)),
  retrievedAt: z.iso.datetime().optional(),
  elapsedMs: z.number().min(0).optional(),
});

export type CoverageRow = z.infer<typeof coverageRowSchema>;

/**
 * The answer itself, as JSON text inside `AnswerAssembled.answer`.
 *
 * `not-disclosed` covers unknown, ambiguous and denied alike; the ledger knows which, the caller does not.
 */
export const answerSchema = z.object({
  txn: z.uuid(),
  stage: z.enum(answerStages),
  outcome: z.enum(['answered', 'not-disclosed', 'failed']),
  /** The exchange's id of the person; the gateway turns it into the requester's own handle. */
  personId: z.uuid().optional(),
  candidates: z.array(z.unknown()),
  coverage: z.array(coverageRowSchema),
  /** What the merge made of the sources (`MergedRecord` of `@hie/fhir`). */
  clinical: z.unknown().optional(),
  /** On `late`: what differs from what was shown before (`LateChange` of `@hie/fhir`). */
  changes: z.array(z.unknown()).optional(),
  assembledAt: z.iso.datetime(),
});

export type Answer = z.infer<typeof answerSchema>;

/** What must still hold when the answer is released. */
export const releaseBasisSchema = decisionBasisSchema.extend({
  /** Members whose records are in it. */
  members: z.array(z.string()),
});

export type ReleaseBasis = z.infer<typeof releaseBasisSchema>;

export const answerAssembledSchema = z.object({
  txn: z.uuid(),
  stage: z.enum(answerStages),
  /** Whether another stage of the same query follows. */
  more: z.boolean(),
  /** `Answer` in JSON: the ledger's receipt is over the SHA-256 of exactly these bytes. */
  answer: z.string(),
  /** Absent where nothing is disclosed. */
  basis: releaseBasisSchema.optional(),
});

export type AnswerAssembled = z.infer<typeof answerAssembledSchema>;

export const answerAssembled: EventType<AnswerAssembled> = {
  ...queryHop,
  topic: 'exchange.answer.assembled.v1',
  schema: answerAssembledSchema,
  producers: ['document-query'],
  consumers: ['gateway'],
  members: ({ basis }) => basis?.members ?? [],
  outlivesDeadline: true,
  chain: 'signatures',
  maxBytes: 2 * CLAIM_CHECK_ABOVE_BYTES,
  example: {
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    stage: 'critical',
    more: false,
    answer:
      '{"txn":"6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10","stage":"critical","outcome":"not-disclosed","candidates":[],"coverage":[],"assembledAt":"2026-01-01T00:00:00.000Z"}',
  },
};
