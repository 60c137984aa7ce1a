// The FHIR doors as a member uses them: match, read, repeat, follow. Each member has its own id for a patient.
import { randomUUID } from 'node:crypto';

import type { OAuthClient } from '@hie/exchange-client';
import type { Story } from '@hie/population';
import type { Bundle, CapabilityStatement, Patient } from '@medplum/fhirtypes';

import { arrivalBody, codeOf, emrOf, handleOf, matchBody, treatment } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

describe('the FHIR doors', () => {
  let exchange: SharedExchange;
  let story: Story;
  let patient: Patient;
  let emr: OAuthClient;
  let fhirUrl: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    story = await leadStory(exchange);
    patient = await arrivingPatient(exchange, story);
    emr = emrOf(exchange, story);
    ({ fhirUrl } = exchange.description.gateway);
  });
  afterAll(() => exchange.close());

  const arrive = (body: object, headers: Record<string, string> = {}) =>
    emr.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      purpose: 'ETREAT',
      scope: 'system/*.rs',
      body,
      headers,
    });

  it('say what they can do', async () => {
    const statement = (await emr.call('GET', `${fhirUrl}/metadata`, treatment)).json<CapabilityStatement>();
    expect(statement.resourceType).toBe('CapabilityStatement');
    const types = statement.rest?.[0]?.resource?.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['Patient', 'AllergyIntolerance', 'MedicationRequest']));
  });

  it('give each member an id of its own, which is worth nothing to another', async () => {
    const other = exchange.clientOf(exchange.hospital('harborview'));
    const [mine, theirs] = [await handleOf(exchange, story), await handleOf(exchange, story, other)];
    expect(mine).not.toBe(theirs);
    const stolen = await other.call('GET', `${fhirUrl}/Patient/${mine}/$summary`, treatment);
    const invented = await other.call('GET', `${fhirUrl}/Patient/${theirs.slice(0, -4)}AAAA/$summary`, treatment);
    const unknown = await other.call('GET', `${fhirUrl}/Patient/${randomUUID()}/$summary`, treatment);
    expect([stolen.status, invented.status, unknown.status]).toEqual([404, 404, 404]);
    expect(codeOf(stolen)).toBe('patient-not-disclosed');
    const withoutTrace = (text: string) => text.replace(/[0-9a-f]{32}/, '');
    expect(withoutTrace(invented.text)).toBe(withoutTrace(stolen.text));
    expect(withoutTrace(unknown.text)).toBe(withoutTrace(stolen.text));
  });

  it('keep the id of a patient from one match to the next', async () => {
    expect(await handleOf(exchange, story)).toBe(await handleOf(exchange, story));
  });

  it('tell of a match no local number of any member', async () => {
    const match = await emr.call('POST', `${fhirUrl}/Patient/$match`, { ...treatment, body: matchBody(patient) });
    const [entry] = match.json<Bundle<Patient>>().entry ?? [];
    expect(entry?.search?.score).toBeGreaterThan(0.9);
    expect(entry?.resource?.identifier).toBeUndefined();
    for (const { identifierSystem } of exchange.hospitals) expect(match.text).not.toContain(identifierSystem);
  });

  it('give an International Patient Summary as a document', async () => {
    const id = await handleOf(exchange, story);
    const summary = (await emr.call('GET', `${fhirUrl}/Patient/${id}/$summary`, treatment)).json<Bundle>();
    expect(summary.type).toBe('document');
    expect(summary.entry?.[0]?.resource?.resourceType).toBe('Composition');
    expect(summary.entry?.some(({ resource }) => resource?.resourceType === 'AllergyIntolerance')).toBe(true);
  });

  it('say in a search from whom it came, and who did not answer', async () => {
    const id = await handleOf(exchange, story);
    const found = (await emr.call('GET', `${fhirUrl}/AllergyIntolerance?patient=${id}`, treatment)).json<Bundle>();
    expect(found.type).toBe('searchset');
    const outcome = found.entry?.find(({ search }) => search?.mode === 'outcome')?.resource;
    expect(JSON.stringify(outcome)).toMatch(/Saint Brigid/);
    expect(found.entry?.some(({ search }) => search?.mode === 'match')).toBe(true);
  });

  it('take a repeated hook for the same query, and another body under its id for a conflict', async () => {
    const body = arrivalBody(patient);
    const [first, second] = [await arrive(body), await arrive(body)];
    expect(second.headers['content-location']).toBe(first.headers['content-location']);
    expect(second.text).toBe(first.text);
    const changed = await arrive({ ...body, prefetch: { patient: { ...patient, gender: 'male' } } });
    expect([changed.status, codeOf(changed)]).toEqual([409, 'idempotency-conflict']);
  });

  it('keep to the deadline that the caller states', async () => {
    const given = await arrive(arrivalBody(patient), { deadlineMs: 'soon' });
    expect([given.status, codeOf(given)]).toEqual([400, 'invalid-deadline']);
    const answer = await arrive(arrivalBody(patient), { deadlineMs: '3000' });
    const view = await emr.call('GET', String(answer.headers['content-location']), {
      purpose: 'ETREAT',
      scope: 'system/*.rs',
    });
    const { deadline, stages } = view.json<{ deadline: string; stages: { assembledAt: string }[] }>();
    expect(Date.parse(deadline) - Date.parse(stages[0]?.assembledAt ?? '')).toBeLessThan(3_000);
  });

  it('show every stage under the URL of the query, to its asker alone', async () => {
    const answer = await arrive(arrivalBody(patient));
    const queryUrl = String(answer.headers['content-location']);
    const mine = await emr.call('GET', queryUrl, { purpose: 'ETREAT', scope: 'system/*.rs' });
    expect(mine.json<{ stages: { stage: string }[] }>().stages[0]?.stage).toBe('critical');
    const other = exchange.clientOf(exchange.hospital('lakeside'));
    const theirs = await other.call('GET', queryUrl, { purpose: 'ETREAT', scope: 'system/*.rs' });
    expect([theirs.status, codeOf(theirs)]).toEqual([404, 'query-not-found']);
  });
});
