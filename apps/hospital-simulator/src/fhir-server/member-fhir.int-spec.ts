import { population } from '@hie/population';

import { type TestClient, type TestSimulator, admin, testClient, testSimulator } from '../spec-support/test-member.js';

interface Entry {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly response?: { readonly status: string };
}
const entriesOf = (json: Readonly<Record<string, unknown>>): readonly Entry[] =>
  (json['entry'] ?? []) as readonly Entry[];

describe('a member’s FHIR server over HTTPS', () => {
  const region = population({
    seed: 9,
    people: 120,
    hospitals: [1, 2, 3, 4].map((n) => ({
      id: `h${n}`,
      name: `Hospital ${n}`,
      identifierSystem: `urn:oid:2.999.${n}`,
    })),
  });
  const lead = region.stories[0]!;
  const at = (hospitalId: string): string =>
    lead.people[0].records.find((record) => record.hospitalId === hospitalId)!.mrn;
  let client: TestClient;
  let simulator: TestSimulator;
  let token: string;
  let base: string;

  beforeAll(async () => {
    client = await testClient('broker');
    simulator = await testSimulator(client);
    token = await simulator.token('h3');
    base = simulator.hospital('h3').fhirUrl;
  });
  afterAll(() => simulator.stop());

  const get = (path: string, headers: Record<string, string> = {}): ReturnType<TestSimulator['fetch']> =>
    simulator.fetch(`${base}/${path}`, { token, headers });

  it('says what it can do, and where tokens are, to anybody', async () => {
    const metadata = await simulator.fetch(`${base}/metadata`);
    expect(metadata.json()).toMatchObject({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
      rest: [{ interaction: [{ code: 'batch' }] }],
    });
    const smart = await simulator.fetch(`${base}/.well-known/smart-configuration`, {
      headers: { accept: 'text/html' },
    });
    expect(smart.headers['content-type']).toContain('application/json');
    expect(smart.json()).toMatchObject({
      token_endpoint: simulator.hospital('h3').tokenUrl,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    });
  });

  it('answers the allergy that the lead story turns on, with its links and total', async () => {
    const answer = await get(`AllergyIntolerance?patient=${at('h3')}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/fhir+json; charset=utf-8');
    const json = answer.json();
    expect(json).toMatchObject({ type: 'searchset', total: 1, link: [{ relation: 'self' }] });
    expect(entriesOf(json)[0]).toMatchObject({
      fullUrl: `${base}/AllergyIntolerance/${String(entriesOf(json)[0]?.resource['id'])}`,
      resource: { criticality: 'high', patient: { reference: `Patient/${at('h3')}` } },
      search: { mode: 'match' },
    });
  });

  it('finds the patient by identifier, by name and birth date, and reads her', async () => {
    const system = encodeURIComponent('urn:oid:2.999.3|');
    const ids = async (query: string): Promise<unknown[]> =>
      entriesOf((await get(`Patient?${query}`)).json()).map(({ resource }) => resource['id']);
    expect(await ids(`identifier=${system}${at('h3')}`)).toEqual([at('h3')]);
    expect(await ids('family=callahan&birthdate=1957-03-14&gender=female')).toEqual([at('h3')]);
    expect(await ids('name=CALLA&birthdate=1957')).toEqual([at('h3')]);
    expect(await ids('family:exact=call')).toEqual([]);
    expect(await ids('identifier=urn:oid:2.999.4|' + at('h3'))).toEqual([]);
    expect((await get(`Patient/${at('h3')}`)).json()).toMatchObject({
      resourceType: 'Patient',
      birthDate: '1957-03-14',
    });
  });

  it('answers many searches in one round trip, each with its own status', async () => {
    const urls = [
      `Patient?_id=${at('h3')}`,
      `AllergyIntolerance?patient=${at('h3')}`,
      `Device?patient=${at('h3')}`,
      'Observation?code=x',
      'Claim?patient=1',
    ];
    const body = JSON.stringify({
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        ...urls.map((url) => ({ request: { method: 'GET', url } })),
        { request: { method: 'DELETE', url: 'Patient/1' } },
      ],
    });
    const answer = await simulator.fetch(base, {
      method: 'POST',
      body,
      token,
      headers: { 'content-type': 'application/fhir+json' },
    });
    expect(answer.json()).toMatchObject({ resourceType: 'Bundle', type: 'batch-response' });
    expect(entriesOf(answer.json()).map(({ response }) => response?.status)).toEqual([
      '200',
      '200',
      '200',
      '400',
      '404',
      '405',
    ]);
    expect(
      entriesOf(answer.json())
        .slice(0, 3)
        .map(({ resource }) => resource['total']),
    ).toEqual([1, 1, 0]);
  });

  it('pages: no page is longer than asked, and together they are everything once', async () => {
    const all = entriesOf((await get('Patient?_count=500')).json()).map(({ resource }) => resource['id']);
    const seen: unknown[] = [];
    let url: string | undefined = `${base}/Patient?_count=7`;
    while (url !== undefined) {
      const json = (await simulator.fetch(url, { token })).json();
      const page = entriesOf(json);
      expect(page.length).toBeLessThanOrEqual(7);
      seen.push(...page.map(({ resource }) => resource['id']));
      url = (json['link'] as readonly { readonly relation: string; readonly url: string }[]).find(
        ({ relation }) => relation === 'next',
      )?.url;
    }
    expect(all.length).toBeGreaterThan(20);
    expect(seen).toEqual(all);
  });

  it('searches by POST as by GET', async () => {
    const answer = await simulator.fetch(`${base}/AllergyIntolerance/_search`, {
      method: 'POST',
      token,
      body: `patient=${at('h3')}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.json()).toMatchObject({ total: 1 });
  });

  it('gives a Binary as itself, or as FHIR when asked for FHIR', async () => {
    const document = entriesOf((await get(`DocumentReference?patient=${at('h3')}`)).json())[0]?.resource as unknown as {
      content: [{ attachment: { url: string } }];
    };
    const { url } = document.content[0].attachment;
    const raw = await get(url);
    expect(raw.headers['content-type']).toContain('text/plain');
    expect(raw.text).toContain('Anaphylaxis');
    expect((await get(url, { accept: 'application/fhir+json' })).json()).toMatchObject({ resourceType: 'Binary' });
  });

  it.each([
    ['no such resource', 'Patient/00000000', 404, 'not-found'],
    ['an unknown type', 'Claim?patient=1', 404, 'not-supported'],
    ['a search without a patient', 'Observation?category=laboratory', 400, 'too-costly'],
    ['a bad date', 'Patient?birthdate=yesterday', 400, 'value'],
    ['a bad count', 'Patient?_count=many', 400, 'value'],
    ['a modifier nobody knows', 'Patient?family:soundex=x', 400, 'not-supported'],
    ['XML', 'Patient?_format=xml', 406, 'not-supported'],
    ['a path that is none', 'a/b/c', 404, 'not-supported'],
  ])('refuses %s with an OperationOutcome that repeats nothing', async (_name, path, status, code) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });
    expect(answer.text).not.toContain('yesterday');
  });

  it('leaves out what it does not know, unless it is to be strict', async () => {
    const lenient = await get(`AllergyIntolerance?patient=${at('h3')}&flavour=sweet`);
    expect(lenient.json()).toMatchObject({ total: 1, link: [{ url: expect.not.stringContaining('flavour') }] });
    expect(
      (await get(`AllergyIntolerance?patient=${at('h3')}&flavour=sweet`, { prefer: 'handling=strict' })).status,
    ).toBe(400);
  });

  it('answers nothing without a token, and nothing beyond its scope', async () => {
    expect((await simulator.fetch(`${base}/Patient`)).status).toBe(401);
    expect((await simulator.fetch(`${base}/Patient`, { token: `${token.slice(0, -4)}AAAA` })).status).toBe(401);
    const other = await simulator.token('h1');
    expect((await simulator.fetch(`${base}/Patient`, { token: other })).status).toBe(401);
    const narrow = await simulator.token('h3', 'system/AllergyIntolerance.rs');
    expect((await simulator.fetch(`${base}/Patient/${at('h3')}`, { token: narrow })).status).toBe(403);
    expect((await simulator.fetch(`${base}/AllergyIntolerance?patient=${at('h3')}`, { token: narrow })).status).toBe(
      200,
    );
  });

  it('counts what it was asked, without saying of whom', async () => {
    const { adminUrl } = simulator.hospital('h2');
    await admin(`${adminUrl}/counters`, 'DELETE');
    const own = await simulator.token('h2');
    await simulator.fetch(`${simulator.hospital('h2').fhirUrl}/AllergyIntolerance?patient=${at('h2')}`, { token: own });
    await simulator.fetch(`${simulator.hospital('h2').fhirUrl}/Patient/nobody`, { token: own });
    const { json } = await admin(`${adminUrl}/counters`);
    expect(json).toMatchObject({
      token: 1,
      search: 1,
      read: 1,
      notFound: 1,
      byType: { AllergyIntolerance: 1, Patient: 1 },
    });
    expect(JSON.stringify(json)).not.toContain(at('h2'));
  });

  it('tells tests of the stories, with the local numbers of this population', async () => {
    const { json } = await admin(`${simulator.running.ready.admin}/admin/stories`);
    expect(json).toEqual(JSON.parse(JSON.stringify(region.stories)));
  });
});
