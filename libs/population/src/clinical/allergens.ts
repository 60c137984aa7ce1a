import { type Code, type Concept, concept, rxnorm, snomed } from './concept.js';

/** Something people react to, with the codings that different hospitals give it: the same substance, seldom the same code. */
export interface Allergen {
  readonly category: 'medication' | 'food' | 'environment';
  readonly codings: readonly Concept[];
  /** Probability to be recorded for somebody. */
  readonly share: number;
  /** How often the reaction was severe. */
  readonly severe: number;
}

/**
 * Allergens. Codes: RxNorm ingredients for drugs (US Core binds drugs to RxNorm), SNOMED CT substances and findings for the rest and
 * for the older habit of coding "Allergy to …".
 */
export const ALLERGENS = {
  penicillin: {
    category: 'medication',
    codings: [
      concept([rxnorm('7980', 'penicillin G')], 'Penicillin'),
      concept([snomed('91936005', 'Allergy to penicillin')], 'Penicillin allergy'),
      concept(
        [snomed('764146007', 'Substance with penicillin structure and antibacterial mechanism of action')],
        'PENICILLINS',
      ),
      concept([rxnorm('723', 'amoxicillin')], 'Amoxicillin'),
    ],
    share: 0.08,
    severe: 0.12,
  },
  sulfonamide: {
    category: 'medication',
    codings: [
      concept([rxnorm('10180', 'sulfamethoxazole')], 'Sulfamethoxazole'),
      concept([snomed('91939003', 'Allergy to sulfonamide')], 'Sulfa'),
    ],
    share: 0.04,
    severe: 0.08,
  },
  codeine: {
    category: 'medication',
    codings: [concept([rxnorm('2670', 'codeine')], 'Codeine'), concept([snomed('387494007', 'Codeine')], 'CODEINE')],
    share: 0.03,
    severe: 0.02,
  },
  aspirin: {
    category: 'medication',
    codings: [
      concept([rxnorm('1191', 'aspirin')], 'Aspirin'),
      concept([snomed('293586001', 'Allergy to aspirin')], 'ASA allergy'),
    ],
    share: 0.02,
    severe: 0.1,
  },
  latex: {
    category: 'environment',
    codings: [concept([snomed('111088007', 'Latex')], 'Latex'), concept([snomed('300916003', 'Latex allergy')])],
    share: 0.02,
    severe: 0.05,
  },
  peanut: {
    category: 'food',
    codings: [
      concept([snomed('91935009', 'Allergy to peanuts')], 'Peanuts'),
      concept([snomed('762952008', 'Peanut')], 'PEANUT'),
    ],
    share: 0.018,
    severe: 0.3,
  },
  shellfish: {
    category: 'food',
    codings: [
      concept([snomed('300913006', 'Allergy to shellfish')], 'Shellfish'),
      concept([snomed('735029006', 'Shellfish')], 'SHELLFISH'),
    ],
    share: 0.02,
    severe: 0.2,
  },
  'grass pollen': {
    category: 'environment',
    codings: [concept([snomed('418689008', 'Allergy to grass pollen')])],
    share: 0.06,
    severe: 0,
  },
  'bee venom': {
    category: 'environment',
    codings: [concept([snomed('424213003', 'Allergy to bee venom')])],
    share: 0.008,
    severe: 0.3,
  },
} as const satisfies Readonly<Record<string, Allergen>>;

/** The name of an allergen of the table. */
export type AllergenName = keyof typeof ALLERGENS;

/** Statements that there is no allergy, as SNOMED CT situations. */
export const NO_KNOWN_ALLERGY = concept([snomed('716186003', 'No known allergy')], 'No known allergies');
export const NO_KNOWN_DRUG_ALLERGY = concept([snomed('409137002', 'No known drug allergy')], 'NKDA');

/** What a reaction looks like: discomforts, and what kills. */
export const MILD_REACTIONS: readonly Code[] = [
  snomed('247472004', 'Wheal'),
  snomed('271807003', 'Eruption of skin'),
  snomed('422587007', 'Nausea'),
  snomed('126485001', 'Urticaria'),
];
export const SEVERE_REACTIONS: readonly Code[] = [snomed('39579001', 'Anaphylaxis'), snomed('41291007', 'Angioedema')];
