import { type Resource } from '@medplum/fhirtypes';

import { type Story, type StoryExpectation, population } from '../index.js';

const region = population({ seed: 3, people: 200, hospitals: 5 });
const held = (story: Story, { hospitalId, resourceType, code }: StoryExpectation): readonly Resource[] =>
  story.people
    .flatMap(({ index }) => region.registrations(index))
    .filter(({ hospital }) => region.hospitals[hospital]?.id === hospitalId)
    .flatMap((registration) => region.chart(registration))
    .filter(
      (resource) =>
        resource.resourceType === resourceType &&
        (code === undefined || JSON.stringify(resource).includes(`"code":"${code.code}"`)),
    );

describe('stories', () => {
  it('begins with the lead story: the allergy, the heart and the contradiction at three hospitals, the patient at a fourth', () => {
    const [lead] = region.stories;
    expect(lead?.id).toBe('unconscious-arrival');
    expect(lead?.people[0].records.map(({ hospitalId }) => hospitalId)).toEqual(['h1', 'h2', 'h3', 'h4']);
    expect(lead?.arrival.hospitalId).toBe('h1');
    expect(region.chart(region.registrations(0)[0]!)).toEqual([]);
    const [penicillin] = held(lead!, lead!.mustShow[0]!);
    expect(penicillin).toMatchObject({
      criticality: 'high',
      reaction: [{ severity: 'severe', manifestation: [{ coding: [{ code: '39579001' }] }] }],
      meta: { security: expect.arrayContaining([expect.objectContaining({ code: 'HTEST' })]) },
    });
  });

  it.each(region.stories.map((story) => [story.id, story] as const))(
    '%s: what it speaks of lies where it says',
    (_id, story) => {
      const missing = [...story.mustShow, ...story.mustNotShow].filter(
        (expectation) => held(story, expectation).length === 0,
      );
      expect(missing).toEqual([]);
      expect(region.locate(0, story.arrival.mrn)?.person).toBe(story.people[0].index);
    },
  );

  it('labels what must be withheld, and nothing that must be shown', () => {
    const labelled = region.stories.filter(({ given }) => given === 'withheld-label');
    const codes = (resource: Resource): unknown[] => resource.meta?.security?.map(({ code }) => code) ?? [];
    expect(labelled.length).toBeGreaterThan(1);
    for (const story of labelled) {
      for (const hidden of story.mustNotShow.flatMap((expectation) => held(story, expectation)))
        expect(codes(hidden)).toContain('R');
      for (const shown of story.mustShow.flatMap((expectation) => held(story, expectation)))
        expect(codes(shown)).toContain('N');
    }
  });

  it.each([
    ['substance-use', ['ETH', '42CFRPart2']],
    ['labelled-resources', ['HIV', 'PSY']],
  ])('%s: says by which law or policy, in the codes of ActCode', (id, expected) => {
    const story = region.stories.find((one) => one.id === id)!;
    const labels = story.mustNotShow
      .flatMap((expectation) => held(story, expectation))
      .flatMap(({ meta }) => meta?.security ?? [])
      .filter(({ system }) => system === 'http://terminology.hl7.org/CodeSystem/v3-ActCode');
    expect(new Set(labels.map(({ code }) => code))).toEqual(new Set(expected));
  });

  it('is left out where its people or hospitals are missing', () => {
    expect(population({ seed: 3, people: 2, hospitals: 4 }).stories.map(({ id }) => id)).toEqual([
      'unconscious-arrival',
      'one-allergy-three-codes',
    ]);
    expect(population({ seed: 3, people: 200, hospitals: 3 }).stories).toEqual([]);
    expect(population({ seed: 3, people: 200, hospitals: 4, stories: false }).stories).toEqual([]);
  });
});
