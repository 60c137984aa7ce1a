import { z } from 'zod';

import { type EventType, queryHop } from './event-type.js';
import { patientIdentifiedSchema } from './patient-identified.js';
import { queryRequested } from './query-requested.js';

/** What was current when a decision was made. Whoever releases compares it with what is current by then. */
export const decisionBasisSchema = z.object({
  /** Every id whose word was asked: the epoch of the consents under it, 0 where nothing was ever filed. */
  consentEpochs: z.record(z.uuid(), z.int().min(0)),
  /** How often anybody had been merged, unmerged or lost a record when the patient index said who this is. */
  identityEpoch: z.int().min(0).optional(),
  /** ms since the epoch: until then time alone changes nothing; absent where it never does. */
  until: z.int().optional(),
});

export type DecisionBasis = z.infer<typeof decisionBasisSchema>;

export const disclosureDecisionSchema = z.object({
  effect: z.enum(['permit', 'deny']),
  /** The rule that decided, as it is named in the policy. */
  rule: z.string(),
  /** `Consent/<id>/_history/<version>` that decided, where one did. */
  consentVersion: z.string().optional(),
  obligations: z.object({
    /** Security labels (`system|code`) whose resources are withheld. */
    withholdLabels: z.array(z.string()),
    /** Whether the answer may say that something was withheld. */
    mayTellWithheld: z.boolean(),
    /** Members the patient does not let disclose. */
    excludeMembers: z.array(z.string()),
  }),
  /** Absent where nobody's word was asked. */
  basis: decisionBasisSchema.optional(),
});

export type DisclosureDecision = z.infer<typeof disclosureDecisionSchema>;

export const disclosureDecidedSchema = patientIdentifiedSchema.extend({ decision: disclosureDecisionSchema });

export type DisclosureDecided = z.infer<typeof disclosureDecidedSchema>;

export const disclosureDecided: EventType<DisclosureDecided> = {
  ...queryHop,
  topic: 'exchange.disclosure.decided.v1',
  schema: disclosureDecidedSchema,
  producers: ['consent'],
  consumers: ['record-locator'],
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
  },
};
