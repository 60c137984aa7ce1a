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
