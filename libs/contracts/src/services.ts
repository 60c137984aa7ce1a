/** Every service that speaks on the log: its Kafka principal, database role and seal key bear this name. */
export const services = [
  'gateway',
  'identity-provider',
  'participants',
  'patient-index',
  'consent',
  'record-locator',
  'document-query',
  'audit-ledger',
] as const;

export type ServiceName = (typeof services)[number];

/** Who runs the exchange, as a client and as the organisation behind it. No member may take this name: the edge knows it without the directory. */
export const OPERATOR = 'exchange-operator';
