import {
  type AnyEventType,
  type AuditEvent,
  type EventType,
  OPERATOR,
  type ServiceName,
  answerAssembled,
  auditEventRecorded,
  disclosureDecided,
  patientIdentified,
  queryRequested,
  recordsLocated,
} from '@hie/contracts';
import { MessageWriter, type WriteOptions, type WrittenMessage } from '@hie/messaging';
import { z } from 'zod';

import { AUDIT_STEM, floorHops, floorTopic } from './hops.js';

const bodySchema = z.object({ txn: z.uuid(), filler: z.string() });

/** What travels along the dressed floor instead of a query: its id and 4 KB. */
export type FloorBody = z.infer<typeof bodySchema>;

const real = [queryRequested, patientIdentified, disclosureDecided, recordsLocated, answerAssembled] as const;

/** The five topics with everything of their real contracts (readers, encryption, checks, retention) but the body. */
const dressedHops: readonly EventType<FloorBody>[] = floorHops.map(({ stem }, at) => {
  const contract = real[at];
  if (contract === undefined) throw new RangeError('The floor has as many hops as the real path.');
  return {
    ...(contract as unknown as EventType<FloorBody>),
    topic: floorTopic('dressed', stem),
    schema: bodySchema,
    key: (body) => body.txn,
    // As on the real path: what is located and what is answered is members' own. This one has a key on every floor.
    members: () => (contract === recordsLocated || contract === answerAssembled ? [OPERATOR] : []),
    example: { txn: queryRequested.example.txn, filler: '' },
  };
});

const dressedAudit: EventType<AuditEvent> = { ...auditEventRecorded, topic: floorTopic('dressed', AUDIT_STEM) };

export const dressedContracts: readonly AnyEventType[] = [...dressedHops, dressedAudit] as unknown as AnyEventType[];

export const dressedOut = (service: ServiceName): EventType<FloorBody> | undefined =>
  dressedHops[floorHops.findIndex(({ from }) => from === service)];

/** What a service reads: its hop, or the audit messages. */
export const dressedIn = (service: ServiceName): EventType<FloorBody> | EventType<AuditEvent> | undefined =>
  service === 'audit-ledger' ? dressedAudit : dressedHops[floorHops.findIndex(({ to }) => to === service)];

/** Sends audit events to the floor's own topic, so that the real ledger is told nothing. */
export class FloorWriter extends MessageWriter {
  override write<T>(type: EventType<T>, body: T, options: WriteOptions = {}): Promise<WrittenMessage> {
    if (type.topic !== auditEventRecorded.topic) return super.write(type, body, options);
    return super.write(dressedAudit as unknown as EventType<T>, body, options);
  }
}
