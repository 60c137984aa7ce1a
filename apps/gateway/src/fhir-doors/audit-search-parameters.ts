/**
 * The search parameters of AuditEvent that the ledger serves, as the capability statement names them. The ledger refuses any other, so a name
 * too many here would be found out by the journey that asks by each of them.
 */
export const auditSearchParameters = [
  { name: '_id', type: 'token' },
  { name: 'date', type: 'date' },
  { name: 'patient', type: 'reference' },
  { name: 'patient.identifier', type: 'token' },
  { name: 'agent', type: 'reference' },
  { name: 'agent.identifier', type: 'token' },
  { name: 'entity', type: 'reference' },
  { name: 'entity.identifier', type: 'token' },
  { name: 'source', type: 'reference' },
  { name: 'source.identifier', type: 'token' },
  { name: 'address', type: 'string' },
  { name: 'purpose', type: 'token' },
  { name: 'outcome', type: 'token' },
  { name: 'action', type: 'token' },
  { name: 'type', type: 'token' },
  { name: 'subtype', type: 'token' },
] as const;
