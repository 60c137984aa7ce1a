import { type Hospital } from '../registration/hospital.js';
import { type Registration } from '../registration/registration.js';
import { STORY_HOSPITALS, STORY_SCRIPTS } from './scripts.js';
import { type Expectation, type StoryScript } from './story.js';

/** A person of a story in a population: the index, and the local number at each hospital that knows them. */
export interface StoryPerson {
  readonly index: number;
  readonly records: readonly { readonly hospitalId: string; readonly mrn: string }[];
}

/** A story in a population: its script, with indexes, hospital ids and local numbers. */
export interface Story extends Omit<StoryScript, 'people' | 'mustShow' | 'mustNotShow' | 'arrivesAt'> {
  readonly people: readonly [StoryPerson, ...StoryPerson[]];
  /** Where the first person arrives, and the number that this hospital knows them by. */
  readonly arrival: { readonly hospitalId: string; readonly mrn: string };
  readonly mustShow: readonly StoryExpectation[];
  readonly mustNotShow: readonly StoryExpectation[];
}

/** An expectation with the id of the hospital that holds what is expected. */
export interface StoryExpectation extends Expectation {
  readonly hospitalId: string;
}

/** The stories whose people all belong to a population of this size; none with fewer than four hospitals. */
export function storiesOf(
  people: number,
  hospitals: readonly Hospital[],
  registrations: (index: number) => readonly Registration[],
  mrn: (registration: Registration) => string,
): readonly Story[] {
  if (hospitals.length < STORY_HOSPITALS) return [];
  const hospitalId = (position: number): string => hospitals[position]?.id ?? '';
  const named = (expectations: readonly Expectation[]): readonly StoryExpectation[] =>
    expectations.map((expectation) => ({ ...expectation, hospitalId: hospitalId(expectation.hospital) }));

  const stories: Story[] = [];
  let next = 0;
  for (const { people: scripted, arrivesAt = 0, ...script } of STORY_SCRIPTS) {
    const members = scripted.map((_, i): StoryPerson => {
      const index = next + i;
      const records = index < people ? registrations(index) : [];
      return {
        index,
        records: records.map((record) => ({ hospitalId: hospitalId(record.hospital), mrn: mrn(record) })),
      };
    });
    next += scripted.length;
    const [patient, ...others] = members;
    const arrival = patient?.records.find((record) => record.hospitalId === hospitalId(arrivesAt));
    if (next > people || patient === undefined || arrival === undefined) continue;
    const mustShow = named(script.mustShow);
    stories.push({
      ...script,
      people: [patient, ...others],
      arrival,
      mustShow,
      mustNotShow: named(script.mustNotShow),
    });
  }
  return stories;
}
