// What BALP's profiles want of each pattern, read off its FSH sources (STRUCTURE: AuthZ, PatientQuery, Disclose).
import type { AuditEvent } from '@medplum/fhirtypes';

import { auditEventOf } from './audit-event.js';
import { type EntryOutcome, type RecordedEntry, auditActions, entryOutcomes, eventKindOf } from './index.js';
import { asked, assembled, decided, stepEntry, stranger, unattended } from './sample-entries.fixture.js';

const agentTypes = ({ agent = [] }: AuditEvent) => agent.map(({ type }) => type?.coding?.[0]?.code);
const entityTypes = ({ entity = [] }: AuditEvent) => entity.map(({ type }) => type?.code);
const subtypes = ({ subtype = [] }: AuditEvent) => subtype.map(({ code }) => code);

describe('an AuditEvent', () => {
  it('of a query: the client is the source and the service the destination; the person who asks is the requestor', () => {
    const event = auditEventOf(asked);
    expect(event).toMatchObject({
      type: { code: 'rest' },
      action: 'E',
      outcome: '0',
      recorded: asked.at,
      id: asked.eventId,
    });
    expect(subtypes(event)).toEqual(['search']);
    expect(agentTypes(event)).toEqual(['IRCP', '110153', 'PROV', '110152']);
    expect(event.agent?.map(({ requestor }) => requestor)).toEqual([true, false, false, false]);
    expect(event.purposeOfEvent?.[0]?.coding?.[0]).toEqual({
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
      ...{ code: 'ETREAT', display: 'emergency treatment' },
    });
    expect(entityTypes(event)).toEqual(['XrequestId', '2']);
    expect(event.entity?.[1]?.role?.code).toBe('24');
  });

  it('of a disclosure: the roles are turned round, and the source is the observer itself', () => {
    const event = auditEventOf(assembled);
    expect(event).toMatchObject({ type: { code: '110106' }, action: 'R' });
    expect(subtypes(event)).toEqual(['disclose']);
    expect(agentTypes(event)).toEqual(['IRCP', '110152', 'PROV', '110153']);
    expect(event.agent?.at(-1)?.who).toEqual(event.source?.observer);
    expect(entityTypes(event)).toEqual(['1', 'XrequestId', '2']);
    expect(event.entity?.[0]).toMatchObject({
      role: { code: '1' },
      what: { identifier: { value: assembled.patient } },
    });
    expect(event.entity?.at(-1)?.what?.identifier?.value).toBe(assembled.digest);
  });

  it.each<[EntryOutcome]>([['empty'], ['denied']])(
    'of an answer that was %s tells of a search, not of a disclosure',
    (outcome) => {
      const event = auditEventOf({ ...assembled, outcome });
      expect([event.type?.code, subtypes(event)]).toEqual(['rest', ['search']]);
    },
  );

  it('of a decision by a Consent names it; one without a Consent is by role, because BALP’s AuthZconsent wants a Consent', () => {
    const event = auditEventOf(decided);
    expect([event.type?.code, ...subtypes(event)]).toEqual(['110113', 'AuthZ-Consent']);
    expect(agentTypes(event)).toEqual(['IRCP', '110150', 'PROV', 'authserver']);
    expect(entityTypes(event)).toContain('Consent');
    expect(event.agent?.at(-1)?.who).toEqual(event.source?.observer);

    const byDefault = auditEventOf({ ...decided, reason: 'default.TREAT', details: { policy: 'default-1' } });
    expect(subtypes(byDefault)).toEqual(['AuthZ-Role']);
    expect(entityTypes(byDefault)).not.toContain('Consent');
  });

  it.each<[EntryOutcome, string, string]>([
    ['success', '0', 'success: x'],
    ['empty', '0', 'empty: x'],
    ['refused', '4', 'refused: x'],
    ['denied', '8', 'denied: x'],
    ['failed', '8', 'failed: x'],
  ])('with the outcome %s says %s, and in words %s', (outcome, code, words) => {
    expect(auditEventOf({ ...asked, outcome, reason: 'x' })).toMatchObject({ outcome: code, outcomeDesc: words });
  });

  it('of what a service did by itself has that service as its one requestor', () => {
    const { agent = [] } = auditEventOf(unattended);
    expect(agent).toEqual([
      expect.objectContaining({ requestor: true, network: { address: 'audit-ledger', type: '1' } }),
    ]);
  });

  it('says on the system that asked, and on nobody else, from where it was connected', () => {
    const networks = (requester: RecordedEntry['requester']) =>
      auditEventOf({ ...asked, requester }).agent?.map(({ network }) => network);
    const own = { address: 'gateway', type: '1' };
    expect(networks(asked.requester)).toEqual([undefined, { address: '203.0.113.9', type: '2' }, undefined, own]);
    expect(networks({ ...asked.requester, address: undefined })).toEqual([undefined, undefined, undefined, own]);
  });

  it('of a stranger turned away knows the address alone, and takes it for the requestor', () => {
    const { agent = [] } = auditEventOf(stranger);
    expect(agent[0]).toMatchObject({ requestor: true, network: { address: '2001:db8::1', type: '2' } });
    expect(agent.map(({ who }) => who === undefined)).toEqual([true, false]);
  });

  it('marks the breaking of the glass, and of nothing else', () => {
    expect(subtypes(auditEventOf({ ...asked, purpose: 'BTG' }))).toEqual(['search', '110127']);
    expect(subtypes(auditEventOf({ ...assembled, purpose: 'BTG' }))).toEqual(['disclose']);
  });

  it('says that details were destroyed, which is not the same as having none', () => {
    const { details, ...left } = decided;
    expect(details).toBeDefined();
    const destroyed = auditEventOf(left).entity?.at(-1)?.detail;
    expect(destroyed).toContainEqual({ type: 'details', valueString: 'destroyed' });
    expect(auditEventOf(stepEntry('consent.filed')).entity?.at(-1)?.detail).toEqual([
      { type: 'action', valueString: 'consent.filed' },
    ]);
  });

  it('says where it stands in the log', () => {
    const { extension } = auditEventOf(asked, { index: 4_294_967_296, leafHash: Buffer.from('ab', 'hex') });
    expect(
      extension?.map(({ valueIdentifier, valueBase64Binary }) => valueIdentifier?.value ?? valueBase64Binary),
    ).toEqual(['4294967296', 'qw==']);
  });

  it('leaves a purpose that is none of v3-ActReason as text', () => {
    expect(auditEventOf({ ...asked, purpose: 'curiosity' }).purposeOfEvent).toEqual([{ text: 'curiosity' }]);
  });
});

describe('every action', () => {
  const all = Object.keys(auditActions).flatMap((action) =>
    entryOutcomes.map((outcome): [string, EntryOutcome] => [action, outcome]),
  );

  it.each([...all, ['another.thing', 'success'] as const])(
    '%s, %s is told with exactly one requestor and an observer',
    (action, outcome) => {
      const entry: RecordedEntry = { ...assembled, action, outcome };
      const { agent = [], source, type } = auditEventOf(entry);
      expect(agent.filter(({ requestor }) => requestor)).toHaveLength(1);
      expect(agent.map(({ who }) => who)).toContainEqual(source?.observer);
      expect(type).toEqual(eventKindOf(entry).type);
    },
  );

  it('of no version that this one knows is an application’s activity', () => {
    expect(auditEventOf(stepEntry('another.thing')).type?.code).toBe('110100');
    expect(auditEventOf(stepEntry('constructor')).type?.code).toBe('110100');
  });
});
