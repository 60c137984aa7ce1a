// Every clinical story of the population, told through the FHIR doors: what an answer must say, and what it must never say.
import type { Story, StoryExpectation } from '@hie/population';
import type { Bundle, CodeableConcept, Parameters, Resource } from '@medplum/fhirtypes';

import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

type Coded = Resource & Partial<Record<'code' | 'medicationCodeableConcept' | 'vaccineCode' | 'type', CodeableConcept>>;

describe('the stories', () => {
  let exchange: SharedExchange;
  let stories: readonly Story[];
  beforeAll(async () => {
    exchange = sharedExchange();
    stories = await storiesOf(exchange);
  });
  afterAll(() => exchange.close());

  /** The resources of the story's patient that the exchange discloses to the arriving hospital; none where it does not know who it is. */
  async function disclosed(story: Story): Promise<readonly Coded[]> {
    const emr = exchange.clientOf(exchange.hospital(story.arrival.hospitalId));
    const treatment = { purpose: 'TREAT', scope: 'system/*.rs' };
    const { fhirUrl } = exchange.description.gateway;
    const body: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'resource', resource: await arrivingPatient(exchange, story) },
        { name: 'onlyCertainMatches', valueBoolean: true },
      ],
    };
    const match = await emr.call('POST', `${fhirUrl}/Patient/$match`, { ...treatment, body });
    const handle = match.json<Bundle>().entry?.[0]?.resource?.id;
    if (handle === undefined) return [];
    const doors = [
      `Patient/${handle}/$summary`,
      `AllergyIntolerance?patient=${handle}`,
      `MedicationRequest?patient=${handle}`,
    ];
    const bundles = await Promise.all(
      doors.map(async (door) => {
        const { status, json } = await emr.call('GET', `${fhirUrl}/${door}`, treatment);
        expect({ story: story.id, door, status }).toEqual({ story: story.id, door, status: 200 });
        return json<Bundle>();
      }),
    );
    const entries = bundles.flatMap(({ entry = [] }) => entry);
    return entries.flatMap(({ resource }) => (resource === undefined ? [] : [resource as Coded]));
  }

  it('are there, each with its patient', () => {
    expect(stories.length).toBeGreaterThanOrEqual(15);
  });

  it('show what must be shown and nothing that must not be', async () => {
    const told: Record<string, { missing: string[]; leaked: string[] }> = {};
    for (const story of stories.filter(({ given }) => given !== 'opt-out')) {
      const resources = await disclosed(story);
      const shows = (expected: StoryExpectation): boolean =>
        resources.some((resource) => isExpected(resource, expected));
      const missing = story.mustShow.filter((expected) => !shows(expected)).map(named);
      const leaked = story.mustNotShow.filter(shows).map(named);
      if (missing.length + leaked.length > 0) told[story.id] = { missing, leaked };
    }
    expect(told).toEqual({});
  });
});

/** SNOMED CT: no known allergy, no known drug allergy. */
const denials = ['716186003', '409137002'];

const narrativeOf = (resource: Resource): string =>
  resource.resourceType === 'Composition' ? (resource.section ?? []).map(({ text }) => text?.div ?? '').join('\n') : '';

const named = ({ resourceType, code, because }: StoryExpectation): string =>
  `${resourceType} ${code?.code ?? ''}: ${because}`;

function isExpected(resource: Coded, { resourceType, code }: StoryExpectation): boolean {
  // The summary names a drug in a statement, whether its source wrote an order or a statement.
  const isOfType =
    resource.resourceType === resourceType ||
    (resourceType === 'MedicationRequest' && resource.resourceType === 'MedicationStatement');
  // What somebody denies is no resource beside what others know: the summary's narrative says who contradicts.
  if (code !== undefined && denials.includes(code.code))
    return /contradicted by[^]*none known/i.test(narrativeOf(resource));
  if (!isOfType) return false;
  if (code === undefined) return true;
  const concepts = [resource.code, resource.medicationCodeableConcept, resource.vaccineCode, resource.type];
  return concepts.some((concept) =>
    concept?.coding?.some((coding) => coding.system === code.system && coding.code === code.code),
  );
}
