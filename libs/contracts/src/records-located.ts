import { z } from 'zod';

import { disclosureDecidedSchema } from './disclosure-decided.js';
import { type EventType, queryHop } from './event-type.js';
import { identifierSchema, queryRequested } from './query-requested.js';
import { recordKindSchema } from './record-kinds.js';

/** One member that holds something of the person, in the order in which it should be asked. */
export const custodianSchema = z.object({
  memberId: z.string(),
  /** The person's records there. More than one where the member keeps duplicates. */
  records: z.array(identifierSchema.extend({ patientId: z.string().optional() })).min(1),
  /** Kinds known to be there; empty where the member has never been asked. */
  kinds: z.array(recordKindSchema),
  /** Whether even the mention of this member would disclose something. */
  discloses: z.boolean(),
  /** `ask`, or why not. */
  instruction: z.enum(['ask', 'own-record', 'member-suspended', 'excluded-by-patient']),
  /** What the member usually takes, ms; orders the fan-out. Absent where nothing was learnt yet. */
  expectedMs: z.number().optional(),
});

export type Custodian = z.infer<typeof custodianSchema>;

export const recordsLocatedSchema = disclosureDecidedSchema.extend({ custodians: z.array(custodianSchema) });

export type RecordsLocated = z.infer<typeof recordsLocatedSchema>;

export const recordsLocated: EventType<RecordsLocated> = {
  ...queryHop,
  topic: 'exchange.records.located.v1',
  schema: recordsLocatedSchema,
  producers: ['record-locator'],
  consumers: ['document-query'],
  members: ({ custodians }) => custodians.map(({ memberId }) => memberId),
  // The hop that fetches charts looks at every signature, not only at the last.
  chain: 'signatures',
  example: {
    txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
    query: queryRequested.example.query,
    identity: { outcome: 'none' },
    candidates: [],
    decision: {
      effect: 'permit',
      rule: 'default.treatment',
      obligations: { withholdLabels: [], mayTellWithheld: true, excludeMembers: [] },
    },
    custodians: [
      {
        memberId: 'st-marys',
        records: [{ system: 'urn:oid:2.999.1', value: 'SM-1' }],
        kinds: [],
        discloses: false,
        instruction: 'ask',
      },
    ],
  },
};
