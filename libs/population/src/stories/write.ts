import {
  ALLERGENS,
  type AllergenName,
  MILD_REACTIONS,
  NO_KNOWN_DRUG_ALLERGY,
  SEVERE_REACTIONS,
} from '../clinical/allergens.js';
import { SYSTEMS } from '../clinical/concept.js';
import { ILLNESSES, type Illness, type IllnessName } from '../clinical/conditions.js';
import { type DrugName, strengthOf } from '../clinical/drugs.js';
import { type AllergyFact, type ConditionFact, type MedicationFact } from '../clinical/fact.js';
import { type RecordedDemographics } from '../registration/recorded.js';

/** Short forms for the scripts: the words in which the stories are told. */

/** A person’s true demographics; what is not said is empty. */
export function who(
  given: string,
  family: string,
  birthDate: string,
  sex: 'F' | 'M',
  more: Partial<RecordedDemographics> = {},
): RecordedDemographics {
  const nothing = {
    middle: '',
    suffix: '',
    ssnLast4: '',
    phone: '',
    email: '',
    street: '',
    unit: '',
    city: '',
    state: '',
    postalCode: '',
  };
  return { ...nothing, given, family, birthDate, sex, ...more };
}

/** An address of the region, as a part of {@link who}. */
export function livesAt(
  street: string,
  city: string,
  state: string,
  postalCode: string,
  unit = '',
): Partial<RecordedDemographics> {
  return { street, unit, city, state, postalCode };
}

/** An allergy in one of the codings of {@link ALLERGENS}. */
export function allergy(
  name: AllergenName,
  on: string,
  more: Partial<AllergyFact> & { readonly coding?: number } = {},
): AllergyFact {
  const { coding = 0, ...rest } = more;
  const { codings, category } = ALLERGENS[name];
  const substance = codings[coding];
  if (substance === undefined) throw new RangeError('no such coding of the allergen');
  return { kind: 'allergy', substance, category, verification: 'confirmed', on, ...rest };
}

/** What turns an allergy into an alarm. */
export const ANAPHYLAXIS = {
  criticality: 'high',
  reaction: {
    manifestations: SEVERE_REACTIONS.slice(0, 1),
    severity: 'severe',
    text: 'Anaphylaxis minutes after the first dose; intubated',
  },
} as const;

/** A rash that went away. */
export const RASH = {
  criticality: 'low',
  reaction: { manifestations: MILD_REACTIONS.slice(1, 2), severity: 'mild', text: 'Rash on the trunk, resolved' },
} as const;

/** "No known drug allergies", as a statement on the record. */
export function noKnownAllergies(on: string): AllergyFact {
  return { kind: 'allergy', substance: NO_KNOWN_DRUG_ALLERGY, verification: 'confirmed', on };
}

/** An active order of a drug, in its usual strength unless said otherwise. */
export function takes(
  name: DrugName,
  on: string,
  more: Partial<MedicationFact> & { readonly strength?: number } = {},
): MedicationFact {
  const { strength, ...rest } = more;
  const { product, sig } = strengthOf(name, strength);
  return { kind: 'medication', as: 'order', drug: product, sig, status: 'active', on, ...rest };
}

/** A problem on the problem list. */
export function has(name: IllnessName, on: string, more: Partial<ConditionFact> = {}): ConditionFact {
  const illness: Illness = ILLNESSES[name];
  const labels = illness.sensitivity === undefined ? {} : { sensitivity: illness.sensitivity };
  const problem = {
    kind: 'condition',
    category: 'problem-list-item',
    clinical: 'active',
    verification: 'confirmed',
  } as const;
  return { ...problem, concept: illness.concept, onset: on, on, ...labels, ...more };
}

/** Codes that expectations name. */
export const rx = (code: string): { readonly system: string; readonly code: string } => ({
  system: SYSTEMS.rxnorm,
  code,
});
export const sct = (code: string): { readonly system: string; readonly code: string } => ({
  system: SYSTEMS.snomed,
  code,
});
