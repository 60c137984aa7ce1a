// What the running doors answer, judged by HAPI's validator: R4, and for summaries the International Patient Summary 1.1.0.
import type { Story } from '@hie/population';
import type { Resource } from '@medplum/fhirtypes';

import { emrOf, handleOf, matchBody, treatment } from '../support/doors.js';
import { faultsOf, whyNotValidated } from '../support/fhir-validator.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

const reason = await whyNotValidated();
if (reason !== undefined) console.info(`skipped: the doors' answers were not validated, ${reason}`);

describe('the FHIR doors', () => {
  let exchange: SharedExchange;
  beforeAll(() => {
    exchange = sharedExchange();
  });
  afterAll(() => exchange.close());

  const compliance = { purpose: 'HCOMPL', scope: 'exchange/ledger.read' } as const;
  const told = ['unconscious-arrival', 'dose-disagreement', 'nothing-known', 'allergy-taken-back'];

  async function answersAbout(story: Story): Promise<Record<string, Resource>> {
    const emr = emrOf(exchange, story);
    const { fhirUrl } = exchange.description.gateway;
    const handle = await handleOf(exchange, story);
    const body = matchBody(await arrivingPatient(exchange, story));
    const read = async (path: string) => (await emr.call('GET', `${fhirUrl}/${path}`, treatment)).json<Resource>();
    return {
      [`${story.id}-match`]: (await emr.call('POST', `${fhirUrl}/Patient/$match`, { ...treatment, body })).json(),
      [`${story.id}-summary`]: await read(`Patient/${handle}/$summary`),
      [`${story.id}-allergies`]: await read(`AllergyIntolerance?patient=${handle}`),
      [`${story.id}-medications`]: await read(`MedicationRequest?patient=${handle}`),
    };
  }

  (reason === undefined ? it : it.skip)(
    'answer with nothing that the validator calls an error',
    async () => {
      const stories = (await storiesOf(exchange)).filter(({ id }) => told.includes(id));
      expect(stories).toHaveLength(told.length);
      const [first] = stories as [Story, ...Story[]];
      const emr = emrOf(exchange, first);
      const { fhirUrl } = exchange.description.gateway;
      const resources: Record<string, Resource> = {
        metadata: (await emr.call('GET', `${fhirUrl}/metadata`, treatment)).json(),
        audit: (await exchange.operator.call('GET', `${fhirUrl}/AuditEvent?_count=30`, compliance)).json(),
        refusal: (await emr.call('GET', `${fhirUrl}/Patient/nobody/$summary`, treatment)).json(),
      };
      for (const story of stories) Object.assign(resources, await answersAbout(story));
      expect(await faultsOf(resources)).toEqual([]);
    },
    300_000,
  );
});
