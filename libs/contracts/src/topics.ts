import { answerAssembled } from './answer-assembled.js';
import { auditEventRecorded } from './audit-event.js';
import { auditReceiptIssued } from './audit-receipt.js';
import { auditTallied } from './audit-tally.js';
import { clientRegistered } from './client-registered.js';
import { consentChanged } from './consent-changed.js';
import { custodiansObserved } from './custodians-observed.js';
import { disclosureDecided } from './disclosure-decided.js';
import { type EventType, deadLetterTopic } from './event-type.js';
import { glassReported } from './glass-reported.js';
import { memberChanged } from './member-changed.js';
import { patientIdentified } from './patient-identified.js';
import { personMerged } from './person-merged.js';
import { queryRequested } from './query-requested.js';
import { recordLinked } from './record-linked.js';
import { recordsLocated } from './records-located.js';
import type { ServiceName } from './services.js';
import { consentStandingChanged, identityStandingChanged } from './standing-changed.js';

/** A contract whose body type does not matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `key` takes T, so only `any` accepts every contract
export type AnyEventType = EventType<any>;

/** Every topic of the exchange, in the order of a query's life. */
export const eventTypes: readonly AnyEventType[] = [
  queryRequested,
  patientIdentified,
  disclosureDecided,
  recordsLocated,
  answerAssembled,
  auditEventRecorded,
  auditReceiptIssued,
  auditTallied,
  custodiansObserved,
  recordLinked,
  personMerged,
  consentChanged,
  consentStandingChanged,
  identityStandingChanged,
  memberChanged,
  glassReported,
  clientRegistered,
];

/** What one service may do with a topic; the broker's access list is generated from these. */
export interface TopicGrant {
  readonly service: ServiceName;
  readonly topic: string;
  readonly operation: 'read' | 'write';
}

/** Least privilege, from the contracts alone: who may write and read which topic, dead letters included. */
export const topicGrants = (types: readonly AnyEventType[] = eventTypes): readonly TopicGrant[] =>
  types.flatMap(({ topic, producers, consumers }) => [
    ...producers.map((service) => ({ service, topic, operation: 'write' as const })),
    ...consumers.map((service) => ({ service, topic, operation: 'read' as const })),
    ...consumers.flatMap((service) =>
      (['read', 'write'] as const).map((operation) => ({ service, topic: deadLetterTopic(topic), operation })),
    ),
  ]);
