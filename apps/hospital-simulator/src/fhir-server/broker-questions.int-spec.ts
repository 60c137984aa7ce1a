import { askedSearches, batchRequest, readBatchResponse, searchesOf } from '@hie/fhir';
import { population } from '@hie/population';

import { type TestSimulator, testClient, testSimulator } from '../spec-support/test-member.js';

describe('what the broker asks of members', () => {
  const region = population({ seed: 9, people: 120, hospitals: 4 });
  let simulator: TestSimulator;

  beforeAll(async () => {
    simulator = await testSimulator(await testClient('broker'));
  });
  afterAll(() => simulator.stop());

  it.each(['critical', 'rest'] as const)(
    'is answered whole: the %s searches, by id and by identifier',
    async (stage) => {
      for (const story of region.stories) {
        for (const { hospitalId, mrn } of story.people[0].records) {
          const system = `urn:oid:2.999.${hospitalId.slice(1)}`;
          const options = { pageSize: 100, withPatient: true };
          const read = async (record: {
            system: string;
            value: string;
            patientId?: string;
          }): Promise<ReturnType<typeof readBatchResponse>> => {
            const asked = askedSearches(searchesOf(stage), [record], options);
            const answer = await simulator.fetch(simulator.hospital(hospitalId).fhirUrl, {
              method: 'POST',
              token: await token(hospitalId),
              body: JSON.stringify(batchRequest(asked)),
              headers: { 'content-type': 'application/fhir+json' },
            });
            return readBatchResponse(answer.json(), asked);
          };
          const byId = await read({ system, value: mrn, patientId: mrn });
          expect(byId).toMatchObject({ failedTypes: [], nextPages: [] });
          expect(byId?.resources).toContainEqual(expect.objectContaining({ resourceType: 'Patient', id: mrn }));
          expect((await read({ system, value: mrn }))?.resources).toEqual(byId?.resources);
        }
      }
    },
  );

  it('brings everything the stories turn on', async () => {
    for (const { mustShow, mustNotShow, people } of region.stories) {
      const records = people.flatMap((person) => person.records);
      for (const { hospitalId, resourceType, code } of [...mustShow, ...mustNotShow]) {
        const mrns = records.filter((record) => record.hospitalId === hospitalId).map(({ mrn }) => mrn);
        const asked = (['critical', 'rest'] as const).flatMap((stage) =>
          askedSearches(
            searchesOf(stage, [resourceType]),
            mrns.map((value) => ({ system: `urn:oid:2.999.${hospitalId.slice(1)}`, value, patientId: value })),
            { pageSize: 100, withPatient: false },
          ),
        );
        const body = JSON.stringify(batchRequest(asked));
        const answer = await simulator.fetch(simulator.hospital(hospitalId).fhirUrl, {
          method: 'POST',
          token: await token(hospitalId),
          body,
          headers: { 'content-type': 'application/fhir+json' },
        });
        const found = readBatchResponse(answer.json(), asked)?.resources ?? [];
        expect(JSON.stringify(found)).toContain(
          code === undefined ? `"resourceType":"${resourceType}"` : `"code":"${code.code}"`,
        );
      }
    }
  });

  const tokens = new Map<string, Promise<string>>();
  const token = (hospitalId: string): Promise<string> => {
    const held = tokens.get(hospitalId) ?? simulator.token(hospitalId);
    tokens.set(hospitalId, held);
    return held;
  };
});
