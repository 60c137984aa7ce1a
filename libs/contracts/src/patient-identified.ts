import { z } from 'zod';

import { type EventType, queryHop } from './event-type.js';
import { demographicsSchema, queryRequested, queryRequestedSchema } from './query-requested.js';

/** One person that may be meant, for `$match` alone. */
export const candidateSchema = z.object({
  personId: z.uuid(),
  probability: z.number().min(0).max(1),
  grade: z.enum(['certain', 'probable', 'possible']),
  demographics: demographicsSchema.optional(),
});

/** Who the patient is. Nothing is disclosed on `none` or `ambiguous`, and a caller cannot tell the two apart. */
export const identitySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('certain'),
    personId: z.uuid(),
    /** Ids this person had before merges; consents and pointers may still stand under them. */
    formerPersonIds: z.array(z.uuid()),
    /** Records that were taken off this person: no pointer to one is followed, whether or not the locator knows already. */
    formerRecordIds: z.array(z.uuid()).optional(),
    /** Absent where the person was named by the exchange's own id. */
    probability: z.number().min(0).max(1).optional(),
    modelVersion: z.string().optional(),
  }),
  z.object({ outcome: z.literal('none') }),
  z.object({ outcome: z.literal('ambiguous') }),
]);

export type Identity = z.infer<typeof identitySchema>;
export type Candidate = z.infer<typeof candidateSchema>;

export const patientIdentifiedSchema = queryRequestedSchema.extend({
  identity: identitySchema,
  candidates: z.array(candidateSchema).max(50),
  /** Members from whose records the candidates are shown. */
  members: z.array(z.string()).optional(),
  /** How often anybody had been merged, unmerged or lost a record when this was found out. */
  identityEpoch: z.int().min(0).optional(),
});

export type PatientIdentified = z.infer<typeof patientIdentifiedSchema>;

export const patientIdentified: EventType<PatientIdentified> = {
  ...queryHop,
  topic: 'exchange.patient.identified.v1',
  schema: patientIdentifiedSchema,
  producers: ['patient-index'],
  consumers: ['consent'],
  members: ({ members = [] }) => members,
  example: {
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    query: queryRequested.example.query,
    identity: {
      outcome: 'certain',
      personId: '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f',
      formerPersonIds: [],
      probability: 0.9991,
      modelVersion: 'default-1',
    },
    candidates: [],
  },
};
