import { population } from '@hie/population';

import { type TestClient, type TestSimulator, admin, testClient, testSimulator } from '../spec-support/test-member.js';

describe('faults on demand', () => {
  const region = population({ seed: 9, people: 120, hospitals: 4 });
  const mrn = region.stories[0]!.people[0].records.find(({ hospitalId }) => hospitalId === 'h2')!.mrn;
  let client: TestClient;
  let simulator: TestSimulator;
  let token: string;

  beforeAll(async () => {
    client = await testClient('broker');
    simulator = await testSimulator(client);
    token = await simulator.token('h2');
  });
  afterAll(() => simulator.stop());
  afterEach(() => admin(`${simulator.hospital('h2').adminUrl}/faults`, 'DELETE'));

  const set = (faults: object): ReturnType<typeof admin> =>
    admin(`${simulator.hospital('h2').adminUrl}/faults`, 'PUT', faults);
  const search = (type = 'MedicationRequest'): ReturnType<TestSimulator['fetch']> =>
    simulator.fetch(`${simulator.hospital('h2').fhirUrl}/${type}?patient=${mrn}`, { token, headersTimeout: 1_500 });
  const counted = async (): Promise<unknown> => (await admin(`${simulator.hospital('h2').adminUrl}/counters`)).json;

  it('answers as ever when there are none, and after they are taken back', async () => {
    expect((await search()).json()).toMatchObject({ total: 3 });
    await set({ status: 500 });
    expect((await search()).status).toBe(500);
    await admin(`${simulator.hospital('h2').adminUrl}/faults`, 'DELETE');
    expect((await search()).json()).toMatchObject({ total: 3 });
  });

  it('can be out of order, and say when to come again', async () => {
    await set({ status: 503, retryAfterS: 2 });
    const answer = await search();
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
    expect(answer.json()).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(await counted()).toMatchObject({ faulted: expect.any(Number) });
  });

  it('can send who asks elsewhere', async () => {
    await set({ redirect: { status: 307, to: 'https://elsewhere.example/fhir' } });
    const answer = await search();
    expect([answer.status, answer.headers['location']]).toEqual([307, 'https://elsewhere.example/fhir']);
  });

  it('can be slow', async () => {
    await set({ slowMs: 300 });
    const started = performance.now();
    expect((await search()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  it('can cut the connection in the middle of the body', async () => {
    await set({ resetMidBody: true });
    await expect(search()).rejects.toMatchObject({ code: expect.stringMatching(/UND_ERR_SOCKET|ECONNRESET/) });
  });

  it('can send what is no JSON', async () => {
    await set({ malformedJson: true });
    const answer = await search();
    expect(answer.status).toBe(200);
    expect(() => answer.json()).toThrow(SyntaxError);
  });

  it('can answer with another patient, who says so', async () => {
    await set({ wrongPatient: true });
    const patient = (await simulator.fetch(`${simulator.hospital('h2').fhirUrl}/Patient/${mrn}`, { token })).json();
    expect(patient['id']).not.toBe(mrn);
    for (const type of ['AllergyIntolerance', 'MedicationRequest']) {
      const answer = await search(type);
      expect(answer.text).toContain(`"reference":"Patient/${String(patient['id'])}"`);
      expect(answer.text).not.toContain(`"reference":"Patient/${mrn}"`);
    }
  });

  it('can send everything twice under two ids', async () => {
    await set({ duplicates: true });
    const { total, entry } = (await search()).json() as {
      total: number;
      entry: readonly { resource: { id: string; meta: unknown } }[];
    };
    expect(total).toBe(6);
    expect(new Set(entry.map(({ resource }) => resource.id)).size).toBe(6);
    expect(entry[1]?.resource).toEqual({ ...entry[0]?.resource, id: `${entry[0]?.resource.id}-again` });
  });

  it('can mix in what is about others, and point elsewhere', async () => {
    await set({ strangers: 'http://127.0.0.2:9', nextPageAt: 'http://127.0.0.2:9/next' });
    const { entry, link } = (await search()).json() as {
      entry: readonly { resource?: { subject?: { reference: string }; contained?: unknown[] } }[];
      link: readonly { relation: string; url: string }[];
    };
    const subjects = entry.map(({ resource }) => resource?.subject?.reference);
    expect(subjects.slice(0, 5)).toEqual([
      `Patient/${mrn}`,
      'Patient/stranger',
      `http://127.0.0.2:9/Patient/${mrn}`,
      undefined,
      undefined,
    ]);
    expect(entry[0]?.resource?.contained).toHaveLength(2);
    expect(link).toContainEqual({ relation: 'next', url: 'http://127.0.0.2:9/next' });
  });

  it('can close its port, and open it again', async () => {
    await set({ dead: 'refuse' });
    await expect(search()).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET/),
    });
    await admin(`${simulator.hospital('h2').adminUrl}/faults`, 'DELETE');
    expect((await search()).status).toBe(200);
  });

  it('can take connections and never answer', async () => {
    await set({ dead: 'hang' });
    await expect(search()).rejects.toMatchObject({ name: expect.stringMatching(/Timeout/) });
    await admin(`${simulator.hospital('h2').adminUrl}/faults`, 'DELETE');
    expect((await search()).status).toBe(200);
  });

  it('can be well and ill by turns', async () => {
    await set({ status: 500, flapping: { upMs: 400, downMs: 400 } });
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      statuses.push((await search()).status);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(new Set(statuses)).toEqual(new Set([200, 500]));
  });

  it('hits only what it is meant for', async () => {
    await set({ status: 500, resourceTypes: ['Observation'] });
    expect((await search('Observation')).status).toBe(500);
    expect((await search('Condition')).status).toBe(200);
    await set({ status: 500, on: ['token'] });
    expect((await search()).status).toBe(200);
    await expect(simulator.token('h2')).rejects.toThrow('no token');
  });

  it('leaves the other members alone', async () => {
    await set({ status: 500 });
    expect((await simulator.fetch(`${simulator.hospital('h1').fhirUrl}/metadata`)).status).toBe(200);
    expect(
      (
        await simulator.fetch(`${simulator.hospital('h1').fhirUrl}/Patient?_count=1`, {
          token: await simulator.token('h1'),
        })
      ).status,
    ).toBe(200);
  });

  it('names everything that is wrong with a fault', async () => {
    const { status, json } = await set({ slowMs: -1, dead: 'maybe', unknown: true });
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toMatch(/slowMs.*dead.*unknown/);
    expect((await admin(`${simulator.running.ready.admin}/admin/hospitals/nowhere/faults`)).status).toBe(404);
  });
});
