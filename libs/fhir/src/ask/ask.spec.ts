import { askedSearches, batchRequest, searchUrl } from './batch-request.js';
import { countsOf, readBatchResponse, readSearchsets } from './member-answer.js';
import { patientParameter, patientSearch } from './record-key.js';
import { isAdvanceDirectiveType, recordSearches, searchesOf } from './record-searches.js';

const known = { system: 'urn:oid:2.999.1', value: 'SM-1', patientId: 'p1' };
const unknown = { system: 'urn:oid:2.999.1', value: 'SM-1' };
const options = { pageSize: 100, withPatient: true };

describe('searches', () => {
  it('asks for the critical set first: allergies, active medications, problems, implants, advance directives', () => {
    expect([...new Set(searchesOf('critical').map(({ type }) => type))]).toEqual([
      'AllergyIntolerance',
      'MedicationRequest',
      'MedicationStatement',
      'Condition',
      'Device',
      'Consent',
      'DocumentReference',
    ]);
  });

  it('asks for the types it was asked about, and for no others', () => {
    expect(searchesOf('critical', ['AllergyIntolerance']).map(({ type }) => type)).toEqual(['AllergyIntolerance']);
    expect(searchesOf('rest', ['AllergyIntolerance'])).toEqual([]);
  });

  it('uses US Core combinations for what every server must support', () => {
    const required = recordSearches.filter(({ support }) => support === 'shall');
    const keys = required.map(({ type, filter }) =>
      [type, ...filter.split('&').map((one) => one.split('=')[0])].join(' ').trim(),
    );
    expect(keys.sort()).toEqual([
      'AllergyIntolerance',
      'Condition',
      'Condition category',
      'Device',
      'DiagnosticReport category',
      'DocumentReference',
      'DocumentReference type',
      'Encounter',
      'Immunization',
      'MedicationRequest intent status _include',
      'MedicationRequest intent status _include',
      'Observation category',
      'Procedure',
    ]);
  });

  it('knows an advance directive by its LOINC type', () => {
    expect(isAdvanceDirectiveType('42348-3')).toBe(true);
    expect(isAdvanceDirectiveType('34133-9')).toBe(false);
  });
});

describe('the patient in a search', () => {
  it('is named by id where it is known, else by identifier', () => {
    expect(patientParameter(known)).toBe('patient=p1');
    expect(patientParameter(unknown)).toBe('patient.identifier=urn%3Aoid%3A2.999.1%7CSM-1');
    expect(patientSearch(known)).toBe('Patient?_id=p1');
    expect(patientSearch(unknown)).toBe('Patient?identifier=urn%3Aoid%3A2.999.1%7CSM-1');
  });

  it('can not be widened to a second patient by a comma, nor to another parameter', () => {
    const hostile = { ...known, patientId: 'p1,p2&_id=p3' };
    expect(patientParameter(hostile)).toBe('patient=p1%5C%2Cp2%26_id%3Dp3');
    expect(patientParameter({ ...unknown, value: 'a|b,c' })).toBe(
      'patient.identifier=urn%3Aoid%3A2.999.1%7Ca%5C%7Cb%5C%2Cc',
    );
  });
});

describe('batchRequest', () => {
  it('is one GET for each search of each record', () => {
    const asked = askedSearches(
      searchesOf('critical', ['AllergyIntolerance']),
      [known, { ...known, patientId: 'p2' }],
      options,
    );
    expect(batchRequest(asked)).toEqual({
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        { request: { method: 'GET', url: 'Patient?_id=p1' } },
        { request: { method: 'GET', url: 'AllergyIntolerance?patient=p1&_count=100' } },
        { request: { method: 'GET', url: 'Patient?_id=p2' } },
        { request: { method: 'GET', url: 'AllergyIntolerance?patient=p2&_count=100' } },
      ],
    });
  });

  it('asks for active medications as US Core tells', () => {
    const [medications] = searchesOf('critical', ['MedicationRequest']);
    expect(searchUrl(medications!, known, 200)).toBe(
      'MedicationRequest?patient=p1&intent=order,plan&status=active,on-hold&_include=MedicationRequest:medication&_count=200',
    );
  });
});

describe('readBatchResponse', () => {
  const asked = askedSearches(searchesOf('critical', ['AllergyIntolerance', 'Condition']), [known], options);
  const page = (resources: unknown[], link: unknown[] = []): unknown => ({
    resource: { resourceType: 'Bundle', type: 'searchset', link, entry: resources.map((resource) => ({ resource })) },
    response: { status: '200 OK' },
  });
  const refused = { response: { status: '400 Bad Request' } };
  const respond = (...entry: unknown[]): unknown => ({ resourceType: 'Bundle', type: 'batch-response', entry });
  const allergy = { resourceType: 'AllergyIntolerance', id: 'a1' };
  const patient = { resourceType: 'Patient', id: 'p1' };

  it('gathers what every search brought', () => {
    expect(readBatchResponse(respond(page([patient]), page([allergy]), page([]), page([])), asked)).toEqual({
      resources: [patient, allergy],
      answeredTypes: ['AllergyIntolerance', 'Condition', 'Patient'],
      failedTypes: [],
      nextPages: [],
    });
  });

  it.each<[name: string, entries: unknown[]]>([
    ['a search that was refused', [page([patient]), page([allergy]), refused, page([])]],
    ['an entry that is missing', [page([patient]), page([allergy])]],
    [
      'a searchset that carries an error',
      [
        page([patient]),
        page([allergy]),
        page([{ resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] }]),
        page([]),
      ],
    ],
    [
      'something that is no searchset',
      [
        page([patient]),
        page([allergy]),
        { resource: { resourceType: 'Bundle', type: 'document' }, response: { status: '200' } },
        page([]),
      ],
    ],
  ])('counts a type as failed, not as empty, for %s', (_name, entries) => {
    const answer = readBatchResponse(respond(...entries), asked);
    expect(answer).toMatchObject({ failedTypes: ['Condition'], answeredTypes: ['AllergyIntolerance', 'Patient'] });
    expect(answer?.resources).toContainEqual(allergy);
  });

  it('does not blame a member for refusing what US Core only recommends', () => {
    const answer = readBatchResponse(respond(page([patient]), page([allergy]), page([]), refused), asked);
    expect(answer).toMatchObject({ failedTypes: [], answeredTypes: ['AllergyIntolerance', 'Condition', 'Patient'] });
  });

  it('keeps a type failed until its further pages are there', () => {
    const more = page([allergy], [{ relation: 'next', url: 'https://st-marys.example/fhir?page=2' }]);
    expect(readBatchResponse(respond(page([patient]), more, page([]), page([])), asked)).toMatchObject({
      failedTypes: ['AllergyIntolerance'],
      nextPages: [{ type: 'AllergyIntolerance', url: 'https://st-marys.example/fhir?page=2' }],
    });
  });

  it('leaves warnings of the server aside', () => {
    const warned = page([allergy, { resourceType: 'OperationOutcome', issue: [{ severity: 'warning' }] }]);
    expect(readBatchResponse(respond(page([]), warned, page([]), page([])), asked)?.resources).toEqual([allergy]);
  });

  it.each([null, 'text', [], {}, { resourceType: 'Bundle', type: 'searchset' }, { resourceType: 'OperationOutcome' }])(
    'is undefined for %j',
    (body) => {
      expect(readBatchResponse(body, asked)).toBeUndefined();
    },
  );

  it('reads searches sent one by one', () => {
    const [, search] = asked;
    const body = { resourceType: 'Bundle', type: 'searchset', entry: [{ resource: allergy }] };
    expect(
      readSearchsets([
        { search: search!, body },
        { search: asked[2]!, body: undefined },
      ]),
    ).toMatchObject({
      resources: [allergy],
      answeredTypes: ['AllergyIntolerance'],
      failedTypes: ['Condition'],
    });
  });
});

describe('countsOf', () => {
  it('counts what was looked at, zero included, and nothing else', () => {
    const resources = [{ resourceType: 'Condition' }, { resourceType: 'Condition' }, { resourceType: 'Patient' }];
    expect(countsOf(['AllergyIntolerance', 'Condition'], resources)).toEqual({ AllergyIntolerance: 0, Condition: 2 });
  });
});
