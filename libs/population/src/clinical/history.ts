import { type Day, ageInYears, isoDate } from '../calendar.js';
import { type Person } from '../people/person.js';
import {
  type Random,
  below,
  between,
  branch,
  chance,
  decisionKey,
  pick,
  randomFor,
  sometimes,
} from '../random/random.js';
import { type Registration } from '../registration/registration.js';
import {
  ALLERGENS,
  type Allergen,
  MILD_REACTIONS,
  NO_KNOWN_ALLERGY,
  NO_KNOWN_DRUG_ALLERGY,
  SEVERE_REACTIONS,
} from './allergens.js';
import { IMPLANTS, PROCEDURES } from './care.js';
import { type Code, type Concept } from './concept.js';
import { ILLNESSES, type Illness } from './conditions.js';
import { strengthOf } from './drugs.js';
import { type AllergyFact, type Fact } from './fact.js';

/** Puts a fact into the record of one registration. */
export type Note = (where: Registration, fact: Fact) => void;

const HISTORY = decisionKey('history');

/**
 * The lasting facts of a person's health, each recorded at one of the places that know the person and, for some, differently at a
 * second: another code, another strength, a drug that was stopped, "no known allergies" beside an allergy.
 *
 * @param places every registration of the person, at least one.
 */
export function writeHistory(
  seed: number,
  person: Person,
  places: readonly Registration[],
  asOf: Day,
  note: Note,
): void {
  const random = randomFor(seed, HISTORY, person.index);
  const last = person.deathDay ?? asOf;
  const age = ageInYears(person.birthDay, last);
  for (const illness of Object.values<Illness>(ILLNESSES)) {
    sometimes(random, illness.prevalence(age, person.sex), (own) =>
      writeIllness(own, illness, person, places, last, note),
    );
  }
  writeAllergies(branch(random), places, last, note);
  for (const procedure of PROCEDURES) {
    sometimes(random, age >= procedure.fromAge ? procedure.share : 0, (own) => {
      const where = pick(own, places);
      note(where, { kind: 'procedure', concept: procedure.concept, on: dayAt(own, where, last) });
    });
  }
  for (const [name, implant] of Object.entries(IMPLANTS)) {
    sometimes(random, age >= 60 ? implant.share : 0, (own) => {
      const where = pick(own, places);
      const serial = `SN${String(below(own, 1e7)).padStart(7, '0')}`;
      note(where, {
        kind: 'implant',
        concept: implant.concept,
        status: 'active',
        name,
        serial,
        on: dayAt(own, where, last),
      });
    });
  }
  sometimes(random, age >= 75 ? 0.12 : 0, (own) => {
    const where = pick(own, places);
    const decision = pick(own, [
      'Do not attempt resuscitation',
      'Health care proxy appointed',
      'No intubation; comfort measures first',
    ]);
    note(where, {
      kind: 'directive',
      form: pick(own, ['document', 'consent'] as const),
      decision,
      on: dayAt(own, where, last),
    });
  });
}

/** A day on which this place could have recorded something. */
export function dayAt(random: Random, where: Registration, last: Day): string {
  return isoDate(where.registeredOn + below(random, Math.max(1, last - where.registeredOn + 1)));
}

function writeIllness(
  random: Random,
  illness: Illness,
  person: Person,
  places: readonly Registration[],
  last: Day,
  note: Note,
): void {
  const home = pick(random, places);
  const second = chance(random, 0.35) ? pick(random, places) : home;
  const onsetAge = Math.max(1, last - person.birthDay - between(random, 200, 6000));
  const onset = isoDate(person.birthDay + Math.min(onsetAge, last - person.birthDay));
  const labels = illness.sensitivity === undefined ? {} : { sensitivity: illness.sensitivity };
  const problem = {
    kind: 'condition',
    category: 'problem-list-item',
    clinical: 'active',
    verification: 'confirmed',
    onset,
    ...labels,
  } as const;
  note(home, { ...problem, concept: illness.concept, on: dayAt(random, home, last) });
  if (second !== home)
    note(second, { ...problem, concept: partOf(random, illness.concept), on: dayAt(random, second, last) });

  for (const line of illness.treatment) {
    sometimes(random, line.share, (own) => {
      const name = pick(own, line.drugs);
      const here = strengthOf(name, chance(own, 0.75) ? 0 : 1);
      const order = { kind: 'medication', as: 'order', reason: illness.concept, ...labels } as const;
      note(home, { ...order, drug: here.product, sig: here.sig, status: 'active', on: dayAt(own, home, last) });
      if (second === home) return;
      const there = strengthOf(name, chance(own, 0.5) ? 0 : 1);
      const status = chance(own, 0.25) ? 'stopped' : 'active';
      const as = chance(own, 0.4) ? 'reported' : chance(own, 0.3) ? 'statement' : 'order';
      note(second, { ...order, as, drug: there.product, sig: there.sig, status, on: dayAt(own, second, last) });
    });
  }
}

/** One of a concept's codes, as another hospital's system would have it. */
function partOf(random: Random, { text, codes }: Concept): Concept {
  return { text, codes: [pick(random, codes)] };
}

function writeAllergies(random: Random, places: readonly Registration[], last: Day, note: Note): void {
  let any = false;
  for (const allergen of Object.values<Allergen>(ALLERGENS)) {
    sometimes(random, allergen.share, (own) => {
      any = true;
      const home = pick(own, places);
      note(home, allergyOf(own, allergen, 0, dayAt(own, home, last)));
      for (const other of places) {
        if (other === home || !chance(own, 0.25)) continue;
        note(other, allergyOf(own, allergen, below(own, allergen.codings.length), dayAt(own, other, last)));
      }
    });
  }
  for (const place of places) {
    sometimes(random, any ? 0.15 : 0.5, (own) => {
      const substance = pick(own, [NO_KNOWN_ALLERGY, NO_KNOWN_DRUG_ALLERGY]);
      note(place, {
        kind: 'allergy',
        substance,
        clinical: 'active',
        verification: 'confirmed',
        on: dayAt(own, place, last),
      });
    });
  }
}

function allergyOf(random: Random, allergen: Allergen, coding: number, on: string): AllergyFact {
  const isSevere = chance(random, allergen.severe);
  const manifestation: Code = pick(random, isSevere ? SEVERE_REACTIONS : MILD_REACTIONS);
  const substance = allergen.codings[coding] ?? allergen.codings[0];
  if (substance === undefined) throw new RangeError('an allergen has at least one coding');
  return {
    kind: 'allergy',
    substance,
    category: allergen.category,
    clinical: 'active',
    verification: chance(random, 0.85) ? 'confirmed' : 'unconfirmed',
    criticality: isSevere ? 'high' : 'low',
    reaction: {
      manifestations: [manifestation],
      severity: isSevere ? 'severe' : chance(random, 0.6) ? 'mild' : 'moderate',
    },
    on,
  };
}
