import fc from 'fast-check';

import type { CoverageRow, CoverageStatus } from '../manifest/coverage-row.js';
import { allergy, answer, order, snomed, verified, words } from '../merge/record-builders.fixture.js';
import { mergeRecords } from '../merge/merge-records.js';
import { capabilityStatement } from './capability-statement.js';
import { readMatchRequest } from './match-request.js';
import { type MatchCandidate, matchResponse } from './match-response.js';
import { readRecordSearch } from './record-search-request.js';
import type { ReleaseNames } from './release-resource.js';
import { searchset, type SearchsetRequest } from './searchset.js';

const names: ReleaseNames = { patientId: 'handle-1', uuidOf: (name) => `uuid(${name})` };
const request: SearchsetRequest = {
  type: 'AllergyIntolerance',
  baseUrl: 'https://hie.example/fhir',
  usedParameters: 'patient=handle-1',
  names,
  exchange: { label: 'Health Information Exchange' },
  assembledAt: '2026-03-01T08:00:01.000Z',
};
const row = (
  name: string,
  status: CoverageStatus,
  counts: Record<string, number> = { AllergyIntolerance: 1 },
): CoverageRow => ({
  memberId: name.toLowerCase(),
  name,
  status,
  reason: 'complete',
  counts,
});

describe('searchset', () => {
  const entry = {
    ...allergy('a1', snomed('91936005', 'Allergy to penicillin')),
    text: { status: 'generated', div: '<div onclick="x">..</div>' },
    meta: {
      versionId: '3',
      lastUpdated: '2025-01-01T00:00:00Z',
      profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-allergyintolerance'],
      security: [{ system: 'urn:s', code: 'R' }],
      tag: [{ code: 'HTEST' }],
    },
    recorder: { reference: 'Practitioner/7', display: 'Dr. Doe' },
    encounter: { reference: 'https://st-mary.example/fhir/Encounter/9' },
    asserter: { reference: '#me' },
    contained: [{ resourceType: 'RelatedPerson', id: 'me', patient: { reference: 'Patient/p1' } }],
  };
  const record = mergeRecords([answer('St. Mary', [entry]), answer('Harbor', [order('m', words('Aspirin'))])]);

  it('releases each entry under ids of the requester, with references that resolve to nothing wrong', () => {
    const bundle = searchset(record, [row('St. Mary', 'answered')], request);
    expect(bundle.entry?.[0]).toEqual({
      fullUrl: 'https://hie.example/fhir/AllergyIntolerance/uuid(entry st-mary AllergyIntolerance/a1)',
      search: { mode: 'match' },
      resource: {
        resourceType: 'AllergyIntolerance',
        id: 'uuid(entry st-mary AllergyIntolerance/a1)',
        meta: {
          lastUpdated: '2025-01-01T00:00:00Z',
          source: 'https://hie.example/fhir/NamingSystem/member/st-mary',
          security: [{ system: 'urn:s', code: 'R' }],
          tag: [{ code: 'HTEST' }],
        },
        extension: [
          {
            url: 'https://hie.example/fhir/StructureDefinition/custodian',
            valueIdentifier: { system: 'https://hie.example/fhir/NamingSystem/member', value: 'st-mary' },
          },
        ],
        clinicalStatus: entry.clinicalStatus,
        code: entry.code,
        patient: { reference: 'Patient/handle-1' },
        recorder: {
          type: 'Practitioner',
          identifier: { system: 'https://hie.example/fhir/NamingSystem/member/st-mary', value: 'Practitioner/7' },
          display: 'Dr. Doe',
        },
        encounter: {
          type: 'Encounter',
          identifier: {
            system: 'https://hie.example/fhir/NamingSystem/member/st-mary',
            value: 'https://st-mary.example/fhir/Encounter/9',
          },
        },
        asserter: { reference: '#me' },
        contained: [
          {
            resourceType: 'RelatedPerson',
            id: 'me',
            patient: {
              type: 'Patient',
              identifier: { system: 'https://hie.example/fhir/NamingSystem/member/st-mary', value: 'Patient/p1' },
            },
          },
        ],
      },
    });
  });

  it('says which parameters were used, who keeps each entry, and how far the answer reaches', () => {
    const bundle = searchset(record, [row('St. Mary', 'answered'), row('Lakeside', 'timed-out', {})], request);
    expect(bundle.link).toEqual([
      { relation: 'self', url: 'https://hie.example/fhir/AllergyIntolerance?patient=handle-1' },
    ]);
    expect(bundle.entry?.map(({ search, resource }) => [search?.mode, resource?.resourceType])).toEqual([
      ['match', 'AllergyIntolerance'],
      ['include', 'Provenance'],
      ['outcome', 'OperationOutcome'],
    ]);
    expect(bundle.entry?.[1]?.resource).toMatchObject({
      target: [{ reference: 'AllergyIntolerance/uuid(entry st-mary AllergyIntolerance/a1)' }],
      recorded: '2026-03-01T08:00:00.000Z',
      policy: ['https://hie.example/fhir/merge-rules/hie-merge/1'],
      agent: [{ who: { display: 'St. Mary' } }, { who: { display: 'Health Information Exchange' } }],
      entity: [{ role: 'source', what: { identifier: { value: 'AllergyIntolerance/a1' } } }],
    });
    expect(JSON.stringify(bundle.entry?.[2])).toContain('1 of 2 sources answered. Lakeside did not answer in time.');
  });

  it.each<[name: string, coverage: CoverageRow[], total: number | undefined]>([
    ['every source has been looked at', [row('St. Mary', 'answered'), row('Harbor', 'no-record', {})], 1],
    ['one is quiet', [row('St. Mary', 'answered'), row('Harbor', 'timed-out', {})], undefined],
    ['one did not answer for this type', [row('St. Mary', 'answered'), row('Harbor', 'answered', {})], undefined],
    ['something was withheld', [row('St. Mary', 'filtered')], undefined],
    ['nobody was asked', [], undefined],
  ])('total, when %s', (_name, coverage, total) => {
    expect(searchset(record, coverage, request).total).toBe(total);
  });

  it('includes refuted entries, which carry their status', () => {
    const refuted = mergeRecords([
      answer('A', [allergy('r', words('Latex'), { verificationStatus: verified('refuted') })]),
    ]);
    expect(searchset(refuted, [row('A', 'answered')], request).entry?.[0]?.resource).toMatchObject({
      verificationStatus: verified('refuted'),
    });
  });

  it('tells nothing of a member that may not be named', () => {
    const hidden = mergeRecords([answer('Recovery Clinic', [entry], { discloses: true })]);
    const text = JSON.stringify(searchset(hidden, [], request));
    expect(text).not.toMatch(/recovery|st-mary|Doe|Practitioner|"entity"/i);
    expect(text).toContain('Allergy to penicillin');
  });
});

describe('readMatchRequest', () => {
  const patient = { resourceType: 'Patient', name: [{ family: 'Example' }] };
  const parameters = (...parameter: unknown[]): unknown => ({ resourceType: 'Parameters', parameter });

  it('reads Parameters and a bare Patient', () => {
    const body = parameters(
      { name: 'resource', resource: patient },
      { name: 'onlyCertainMatches', valueBoolean: true },
      { name: 'count', valueInteger: 3 },
      { name: 'other', valueString: 'x' },
    );
    expect(readMatchRequest(body)).toMatchObject({
      ok: true,
      request: { demographics: { family: ['Example'] }, onlyCertain: true, count: 3 },
    });
    expect(readMatchRequest(patient)).toMatchObject({ ok: true, request: { onlyCertain: false, count: 50 } });
  });

  it.each<[name: string, body: unknown, code: string]>([
    ['nothing', undefined, 'invalid-request'],
    ['another resource', { resourceType: 'Bundle' }, 'invalid-request'],
    ['no patient', parameters(), 'missing-parameter'],
    ['a count of none', parameters({ name: 'count', valueInteger: 0 }), 'invalid-parameter'],
    ['a flag in words', parameters({ name: 'onlyCertainMatches', valueString: 'true' }), 'invalid-parameter'],
    [
      'a patient that is none',
      parameters({ name: 'resource', resource: { resourceType: 'Person' } }),
      'unprocessable-resource',
    ],
  ])('refuses %s', (_name, body, code) => {
    expect(readMatchRequest(body)).toMatchObject({ ok: false, code });
  });

  it('caps the count', () => {
    expect(
      readMatchRequest(parameters({ name: 'resource', resource: patient }, { name: 'count', valueInteger: 1e6 })),
    ).toMatchObject({
      request: { count: 50 },
    });
  });

  it('is calm whatever it is sent', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => expect(readMatchRequest(body).ok).toBe(false)));
  });
});

describe('matchResponse', () => {
  const options = { onlyCertain: false, count: 10, baseUrl: 'https://hie.example/fhir' };
  const candidate = (patientId: string, probability: number, grade: MatchCandidate['grade']): MatchCandidate => ({
    patientId,
    probability,
    grade,
  });

  it('orders by likelihood, with score and grade, up to the count', () => {
    const bundle = matchResponse(
      [candidate('b', 0.71234567, 'probable'), candidate('a', 0.99, 'certain'), candidate('c', 0.2, 'possible')],
      { ...options, count: 2 },
    );
    expect(bundle).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 2,
      link: [{ relation: 'self', url: 'https://hie.example/fhir/Patient/$match' }],
      entry: [
        {
          fullUrl: 'https://hie.example/fhir/Patient/a',
          resource: { resourceType: 'Patient', id: 'a' },
          search: {
            extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/match-grade', valueCode: 'certain' }],
            mode: 'match',
            score: 0.99,
          },
        },
        {
          fullUrl: 'https://hie.example/fhir/Patient/b',
          resource: { resourceType: 'Patient', id: 'b' },
          search: {
            extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/match-grade', valueCode: 'probable' }],
            mode: 'match',
            score: 0.7123,
          },
        },
      ],
    });
  });

  it('gives the same bytes for nobody, for two alike and for less than certain, when only a certain one will do', () => {
    const only = { ...options, onlyCertain: true };
    const bodies = [
      matchResponse([], only),
      matchResponse([candidate('a', 0.99, 'certain'), candidate('b', 0.99, 'certain')], only),
      matchResponse([candidate('a', 0.7, 'probable')], only),
    ].map((bundle) => JSON.stringify(bundle));
    expect(new Set(bodies).size).toBe(1);
    expect(
      matchResponse([candidate('a', 0.99, 'certain'), candidate('b', 0.3, 'possible')], only).entry?.map(
        ({ resource }) => resource?.id,
      ),
    ).toEqual(['a']);
  });

  it('says "no match" without an error', () => {
    const { entry, total } = matchResponse([], options);
    expect(total).toBe(0);
    expect(entry).toMatchObject([{ search: { mode: 'outcome' }, resource: { issue: [{ severity: 'information' }] } }]);
  });
});

describe('readRecordSearch', () => {
  const base = 'https://hie.example/fhir';
  const read = (query: string, isStrict = false): unknown =>
    readRecordSearch(new URLSearchParams(query), base, isStrict);

  it.each([
    'patient=h-1',
    'patient=Patient/h-1',
    'patient=https%3A%2F%2Fhie.example%2Ffhir%2FPatient%2Fh-1',
    'patient=h-1&_count=5&code=x',
  ])('reads %s', (query) => {
    expect(read(query)).toEqual({ ok: true, patientId: 'h-1', usedParameters: 'patient=h-1' });
  });

  it.each<[query: string, isStrict: boolean, code: string, expression: string]>([
    ['', false, 'missing-parameter', 'patient'],
    ['patient=', false, 'missing-parameter', 'patient'],
    ['patient=a,b', false, 'invalid-parameter', 'patient'],
    ['patient=a&patient=b', false, 'invalid-parameter', 'patient'],
    ['patient=https%3A%2F%2Fother.example%2FPatient%2Fa', false, 'invalid-parameter', 'patient'],
    ["patient=' or 1=1", false, 'invalid-parameter', 'patient'],
    ['patient=a&code=x', true, 'unsupported-parameter', 'code'],
    ['patient=a&<script>=x', true, 'unsupported-parameter', 'parameter'],
  ])('refuses %s (strict: %s)', (query, isStrict, code, expression) => {
    expect(read(query, isStrict)).toEqual({ ok: false, code, expression });
  });
});

describe('capabilityStatement', () => {
  const description = {
    baseUrl: 'https://hie.example/fhir',
    name: 'Example HIE',
    softwareVersion: '0.1.0',
    date: '2026-01-01',
    takesPatientFeed: true,
  };

  it('names the search for AuditEvents where there is one', () => {
    const auditSearch = [{ name: 'date', type: 'date' }] as const;
    const resources = capabilityStatement({ ...description, auditSearch }).rest?.[0]?.resource ?? [];
    expect(resources.find(({ type }) => type === 'AuditEvent')?.searchParam).toEqual(auditSearch);
  });

  it('says what the gateway does, and nothing it does not', () => {
    const statement = capabilityStatement(description);
    expect(statement).toMatchObject({ kind: 'instance', fhirVersion: '4.0.1', format: ['json'] });
    expect(
      statement.rest?.[0]?.resource?.map(({ type, interaction = [], searchParam = [], operation = [] }) => [
        type,
        interaction.map(({ code }) => code),
        searchParam.map(({ name }) => name),
        operation.map(({ name }) => name),
      ]),
    ).toEqual([
      ['Patient', ['update', 'delete'], [], ['match', 'summary']],
      ['AllergyIntolerance', ['search-type'], ['patient'], []],
      ['MedicationRequest', ['search-type'], ['patient'], []],
    ]);
  });

  it('does not claim a feed it does not take', () => {
    expect(JSON.stringify(capabilityStatement({ ...description, takesPatientFeed: false }))).not.toMatch(
      /update|delete|batch/i,
    );
  });
});
