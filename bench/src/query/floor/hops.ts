import type { ServiceName } from '@hie/contracts';

/** One traversal of the log: who writes, who reads, and the topic's stem. */
export interface FloorHop {
  readonly from: ServiceName;
  readonly to: ServiceName;
  readonly stem: string;
}

/** The five traversals of a query, from the gateway and back to it, as the real path has them. */
export const floorHops: readonly FloorHop[] = [
  { from: 'gateway', to: 'patient-index', stem: 'query.requested.v1' },
  { from: 'patient-index', to: 'consent', stem: 'patient.identified.v1' },
  { from: 'consent', to: 'record-locator', stem: 'disclosure.decided.v1' },
  { from: 'record-locator', to: 'document-query', stem: 'records.located.v1' },
  { from: 'document-query', to: 'gateway', stem: 'answer.assembled.v1' },
];

export const AUDIT_STEM = 'audit.events.v1';

/** The processes of a floor: those of the path, and the one that takes the audit messages. */
export const floorServices: readonly ServiceName[] = [
  'gateway',
  'patient-index',
  'consent',
  'record-locator',
  'document-query',
  'audit-ledger',
];

export type FloorKind = 'bare' | 'dressed';

export const floorTopic = (kind: FloorKind, stem: string): string => `${kind}.${stem}`;

/** The body that each hop reads and writes. */
export const PAYLOAD_BYTES = 4096;

export const hopFrom = (service: ServiceName): FloorHop | undefined => floorHops.find(({ from }) => from === service);
export const hopTo = (service: ServiceName): FloorHop | undefined => floorHops.find(({ to }) => to === service);
