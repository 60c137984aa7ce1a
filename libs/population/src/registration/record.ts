import { type Day } from '../calendar.js';
import { type Person, valueOn } from '../people/person.js';
import { type Random, below, chance, decisionKey, pick, randomFor } from '../random/random.js';
import { type TrueDemographics, demographicsOn } from './demographics.js';
import { type ErrorRates } from './error-rates.js';
import { type DeskHabits } from './hospital.js';
import { FAULTS } from './misrecord.js';
import { type Draft, type RecordedDemographics } from './recorded.js';
import { type Registration } from './registration.js';
import { inHouseStyle, writeDown } from './write-down.js';

const RECORD = decisionKey('record');

/** What the hospital's record says about the person: the truth of the day it was confirmed, with that desk's style and errors. */
export function recordOf(
  seed: number,
  person: Person,
  registration: Registration,
  habits: DeskHabits,
  rates: ErrorRates,
): RecordedDemographics {
  const random = randomFor(seed, RECORD, person.index, registration.hospital * 2 + registration.ordinal);
  const truth = demographicsOn(person, dayOfAddress(random, person, registration, rates));
  const now = demographicsOn(person, registration.confirmedOn);
  const draft = writeDown(random, { ...now, address: truth.address }, habits);
  if (registration.asNewborn) writeNewborn(random, draft, person, now);
  for (const fault of FAULTS) fault(random, draft, person, rates);
  return inHouseStyle(draft, habits);
}

/** The address given may be one the person has left. */
function dayOfAddress(random: Random, person: Person, { confirmedOn }: Registration, rates: ErrorRates): Day {
  const isFormer = chance(random, rates.addressFormer);
  const former = person.homes[below(random, person.homes.length)];
  return isFormer && former !== undefined ? Math.min(former.from, confirmedOn) : confirmedOn;
}

/** The delivery ward's name for a child that has none: Baby Boy, BG, Newborn, with the mother's family name. */
function writeNewborn(random: Random, draft: Draft, person: Person, truth: TrueDemographics): void {
  const isBoy = person.sex === 'M';
  const letter = person.newborn?.letter ?? '';
  const plain = pick(random, isBoy ? ['Baby Boy', 'Babyboy', 'BB', 'Boy'] : ['Baby Girl', 'Babygirl', 'BG', 'Girl']);
  const name = chance(random, 0.1) ? 'Newborn' : plain;
  draft.given = letter === '' ? name : `${name} ${letter}`;
  draft.middle = '';
  draft.suffix = '';
  draft.family = person.newborn?.motherFamily ?? truth.family;
  draft.ssnLast4 = '';
  draft.email = '';
  draft.phone = valueOn(person.phones, person.birthDay) ?? '';
}
