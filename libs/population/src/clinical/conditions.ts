import { type Sex } from '../names/name-tables.js';
import { type Concept, concept, icd10, snomed } from './concept.js';
import { type DrugName } from './drugs.js';

/** A long-lasting illness: how common, how coded, how treated. */
export interface Illness {
  readonly concept: Concept;
  /** Probability to have it at an age in whole years. */
  readonly prevalence: (age: number, sex: Sex) => number;
  /** Each line is taken with its probability, and one of its drugs. */
  readonly treatment: readonly { readonly share: number; readonly drugs: readonly DrugName[] }[];
  readonly sensitivity?: 'substance-use' | 'hiv' | 'mental-health';
}

/** Zero before an age, then rising in a straight line to a value at 80. */
const rising =
  (from: number, at80: number) =>
  (age: number): number =>
    age < from ? 0 : Math.min(at80, (at80 * (age - from + 2)) / (82 - from));
const steady =
  (share: number, from = 0, to = 120) =>
  (age: number): number =>
    age >= from && age <= to ? share : 0;

/**
 * Illnesses of the population with SNOMED CT and ICD-10-CM codes. Prevalences are rounded from CDC's NHIS and NHANES tables: good enough
 * for a chart to look like its age, no epidemiology.
 */
export const ILLNESSES = {
  hypertension: {
    concept: concept([snomed('59621000', 'Essential hypertension'), icd10('I10', 'Essential (primary) hypertension')]),
    prevalence: rising(30, 0.65),
    treatment: [
      { share: 0.75, drugs: ['lisinopril', 'losartan', 'amlodipine'] },
      { share: 0.3, drugs: ['hydrochlorothiazide', 'amlodipine'] },
    ],
  },
  hyperlipidemia: {
    concept: concept([snomed('55822004', 'Hyperlipidemia'), icd10('E78.5', 'Hyperlipidemia, unspecified')]),
    prevalence: rising(30, 0.5),
    treatment: [{ share: 0.7, drugs: ['atorvastatin'] }],
  },
  'type 2 diabetes': {
    concept: concept([
      snomed('44054006', 'Type 2 diabetes mellitus'),
      icd10('E11.9', 'Type 2 diabetes mellitus without complications'),
    ]),
    prevalence: rising(30, 0.27),
    treatment: [
      { share: 0.8, drugs: ['metformin'] },
      { share: 0.22, drugs: ['insulin glargine'] },
    ],
  },
  'atrial fibrillation': {
    concept: concept([snomed('49436004', 'Atrial fibrillation'), icd10('I48.91', 'Unspecified atrial fibrillation')]),
    prevalence: rising(50, 0.11),
    treatment: [
      { share: 0.85, drugs: ['apixaban', 'warfarin', 'rivaroxaban'] },
      { share: 0.75, drugs: ['metoprolol'] },
    ],
  },
  'heart failure': {
    concept: concept([snomed('84114007', 'Heart failure'), icd10('I50.9', 'Heart failure, unspecified')]),
    prevalence: rising(50, 0.1),
    treatment: [
      { share: 0.8, drugs: ['furosemide'] },
      { share: 0.7, drugs: ['carvedilol', 'metoprolol'] },
      { share: 0.6, drugs: ['lisinopril'] },
    ],
  },
  'chronic kidney disease': {
    concept: concept([
      snomed('433144002', 'Chronic kidney disease stage 3'),
      icd10('N18.30', 'Chronic kidney disease, stage 3 unspecified'),
    ]),
    prevalence: rising(45, 0.25),
    treatment: [],
  },
  hypothyroidism: {
    concept: concept([snomed('40930008', 'Hypothyroidism'), icd10('E03.9', 'Hypothyroidism, unspecified')]),
    prevalence: (age, sex) => (sex === 'F' ? rising(25, 0.16)(age) : rising(40, 0.06)(age)),
    treatment: [{ share: 0.95, drugs: ['levothyroxine'] }],
  },
  asthma: {
    concept: concept([snomed('195967001', 'Asthma'), icd10('J45.909', 'Unspecified asthma, uncomplicated')]),
    prevalence: steady(0.085, 4),
    treatment: [
      { share: 0.9, drugs: ['albuterol'] },
      { share: 0.45, drugs: ['fluticasone'] },
    ],
  },
  COPD: {
    concept: concept([
      snomed('13645005', 'Chronic obstructive lung disease'),
      icd10('J44.9', 'Chronic obstructive pulmonary disease, unspecified'),
    ]),
    prevalence: rising(45, 0.12),
    treatment: [{ share: 0.85, drugs: ['albuterol'] }],
  },
  'reflux disease': {
    concept: concept([
      snomed('235595009', 'Gastroesophageal reflux disease'),
      icd10('K21.9', 'Gastro-esophageal reflux disease without esophagitis'),
    ]),
    prevalence: rising(20, 0.25),
    treatment: [{ share: 0.7, drugs: ['omeprazole'] }],
  },
  osteoarthritis: {
    concept: concept([
      snomed('396275006', 'Osteoarthritis'),
      icd10('M19.90', 'Unspecified osteoarthritis, unspecified site'),
    ]),
    prevalence: rising(45, 0.4),
    treatment: [{ share: 0.4, drugs: ['ibuprofen'] }],
  },
  migraine: {
    concept: concept([
      snomed('37796009', 'Migraine'),
      icd10('G43.909', 'Migraine, unspecified, not intractable, without status migrainosus'),
    ]),
    prevalence: (age, sex) => steady(sex === 'F' ? 0.16 : 0.06, 14, 60)(age),
    treatment: [{ share: 0.4, drugs: ['ibuprofen'] }],
  },
  epilepsy: {
    concept: concept([
      snomed('84757009', 'Epilepsy'),
      icd10('G40.909', 'Epilepsy, unspecified, not intractable, without status epilepticus'),
    ]),
    prevalence: steady(0.012),
    treatment: [{ share: 0.6, drugs: ['gabapentin'] }],
  },
  depression: {
    concept: concept([snomed('370143000', 'Major depressive disorder'), icd10('F32.A', 'Depression, unspecified')]),
    prevalence: steady(0.09, 15),
    treatment: [{ share: 0.6, drugs: ['sertraline'] }],
    sensitivity: 'mental-health',
  },
  'bipolar disorder': {
    concept: concept([snomed('13746004', 'Bipolar disorder'), icd10('F31.9', 'Bipolar disorder, unspecified')]),
    prevalence: steady(0.01, 18),
    treatment: [{ share: 0.5, drugs: ['lithium'] }],
    sensitivity: 'mental-health',
  },
  'opioid dependence': {
    concept: concept([snomed('75544000', 'Opioid dependence'), icd10('F11.20', 'Opioid dependence, uncomplicated')]),
    prevalence: steady(0.008, 18, 70),
    treatment: [{ share: 0.7, drugs: ['buprenorphine and naloxone'] }],
    sensitivity: 'substance-use',
  },
  'HIV infection': {
    concept: concept([
      snomed('86406008', 'Human immunodeficiency virus infection'),
      icd10('B20', 'Human immunodeficiency virus [HIV] disease'),
    ]),
    prevalence: steady(0.004, 18),
    treatment: [{ share: 0.95, drugs: ['dolutegravir'] }],
    sensitivity: 'hiv',
  },
} as const satisfies Readonly<Record<string, Illness>>;

/** The name of an illness of the table. */
export type IllnessName = keyof typeof ILLNESSES;
