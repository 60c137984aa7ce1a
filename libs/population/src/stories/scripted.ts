import { type Day, parseIsoDate } from '../calendar.js';
import { type Fact } from '../clinical/fact.js';
import { type Person } from '../people/person.js';
import { type RecordedDemographics } from '../registration/recorded.js';
import { type Registration } from '../registration/registration.js';
import { STORY_HOSPITALS, STORY_SCRIPTS } from './scripts.js';
import { type ScriptedPerson, type ScriptedRecord } from './story.js';

/** The people of the stories, by index from 0, with what their hospitals have. */
export interface Scripted {
  readonly people: readonly Person[];
  /** Undefined for anybody who is not in a story. */
  readonly registrations: (person: number) => readonly Registration[] | undefined;
  readonly recorded: (registration: Registration) => RecordedDemographics | undefined;
  readonly facts: (registration: Registration) => readonly Fact[] | undefined;
}

/** The stories' people for a population of so many hospitals: nobody when there are too few for the stories to be told. */
export function scriptedPeople(hospitals: number): Scripted {
  const scripts = hospitals < STORY_HOSPITALS ? [] : STORY_SCRIPTS.flatMap(({ people }) => people);
  const people = scripts.map(asPerson);
  const registrations = scripts.map(({ records }, person) => records.map((record) => asRegistration(record, person)));
  const recordOf = ({ person, hospital, ordinal }: Registration): ScriptedRecord | undefined =>
    ordinal === 0 ? scripts[person]?.records.find((record) => record.hospital === hospital) : undefined;
  return {
    people,
    registrations: (person) => registrations[person],
    recorded: (registration) => {
      const truth = scripts[registration.person]?.truth;
      return truth && { ...truth, ...recordOf(registration)?.write };
    },
    facts: (registration) => recordOf(registration)?.facts,
  };
}

function asRegistration({ hospital, on }: ScriptedRecord, person: number): Registration {
  const day: Day = parseIsoDate(on);
  return { person, hospital, ordinal: 0, registeredOn: day, confirmedOn: day, asNewborn: false };
}

/** A scripted person in the form of the others; the story's text stands for names and address as they are. */
function asPerson({ truth }: ScriptedPerson, index: number): Person {
  const birthDay = parseIsoDate(truth.birthDate);
  const { street, unit, city, state, postalCode } = truth;
  const [, number = '', streetName = ''] = /^(\d*)\s*(.*)$/.exec(street) ?? [];
  return {
    index,
    household: index,
    role: 'head',
    culture: 'european',
    sex: truth.sex === 'M' ? 'M' : 'F',
    birthDay,
    given: truth.given,
    middle: truth.middle,
    suffix: truth.suffix,
    nickname: '',
    goesByMiddle: false,
    familyNames: [{ from: birthDay, value: truth.family }],
    homes: [
      { from: birthDay, value: { number, direction: '', streetName, streetType: '', unit, city, state, postalCode } },
    ],
    phones: truth.phone === '' ? [] : [{ from: birthDay, value: truth.phone.replace(/\D/g, '') }],
    email: truth.email,
    ssnLast4: truth.ssnLast4,
  };
}
