import { type Concept, concept, cvx, loinc, snomed } from './concept.js';

/** A laboratory or vital sign measurement: its code, UCUM unit, and where its values lie in health and with the illness that raises it. */
export interface Measurement {
  readonly concept: Concept;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  readonly decimals: number;
}

const lab = (code: string, display: string, unit: string, low: number, high: number, decimals = 1): Measurement => ({
  concept: concept([loinc(code, display)]),
  unit,
  low,
  high,
  decimals,
});

/** Panels with their results. LOINC codes and reference ranges as US laboratories print them. */
export const PANELS: readonly { readonly report: Concept; readonly results: readonly Measurement[] }[] = [
  {
    report: concept([loinc('24323-8', 'Comprehensive metabolic 2000 panel - Serum or Plasma')]),
    results: [
      lab('2345-7', 'Glucose [Mass/volume] in Serum or Plasma', 'mg/dL', 70, 99, 0),
      lab('2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL', 0.6, 1.3, 2),
      lab('2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'mmol/L', 3.5, 5.1),
    ],
  },
  {
    report: concept([loinc('58410-2', 'CBC panel - Blood by Automated count')]),
    results: [
      lab('718-7', 'Hemoglobin [Mass/volume] in Blood', 'g/dL', 12, 17),
      lab('6690-2', 'Leukocytes [#/volume] in Blood by Automated count', '10*3/uL', 4, 11),
      lab('777-3', 'Platelets [#/volume] in Blood by Automated count', '10*3/uL', 150, 400, 0),
    ],
  },
];

/** Measurements that follow one illness or drug. */
export const INR = lab('6301-6', 'INR in Platelet poor plasma by Coagulation assay', '{INR}', 2, 3);
export const HBA1C = lab('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 6.2, 9);
export const HIV_LOAD = lab(
  '20447-9',
  'HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection',
  '{copies}/mL',
  20,
  200,
  0,
);

/** Vital signs. */
export const SYSTOLIC = lab('8480-6', 'Systolic blood pressure', 'mm[Hg]', 102, 148, 0);
export const DIASTOLIC = lab('8462-4', 'Diastolic blood pressure', 'mm[Hg]', 62, 92, 0);
export const HEART_RATE = lab('8867-4', 'Heart rate', '/min', 56, 96, 0);
export const BODY_WEIGHT = lab('29463-7', 'Body weight', 'kg', 50, 110);

/** Vaccines of adults and children (CVX, CDC). */
export const ADULT_VACCINES: readonly Concept[] = [
  concept([cvx('150', 'influenza, injectable, quadrivalent, preservative free')]),
  concept([cvx('140', 'Influenza, split virus, trivalent, PF')]),
  concept([cvx('115', 'Tdap')]),
  concept([cvx('208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose')]),
  concept([cvx('133', 'Pneumococcal conjugate PCV 13')]),
  concept([cvx('187', 'zoster recombinant')]),
];
export const CHILD_VACCINES: readonly Concept[] = [
  concept([cvx('08', 'Hep B, adolescent or pediatric')]),
  concept([cvx('20', 'DTaP')]),
  concept([cvx('10', 'IPV')]),
  concept([cvx('03', 'MMR')]),
  concept([cvx('21', 'varicella')]),
  concept([cvx('150', 'influenza, injectable, quadrivalent, preservative free')]),
];

/** Procedures (SNOMED CT) with the youngest age they are seen at. */
export const PROCEDURES: readonly { readonly concept: Concept; readonly fromAge: number; readonly share: number }[] = [
  { concept: concept([snomed('80146002', 'Appendectomy')]), fromAge: 8, share: 0.05 },
  { concept: concept([snomed('38102005', 'Cholecystectomy')]), fromAge: 30, share: 0.07 },
  { concept: concept([snomed('73761001', 'Colonoscopy')]), fromAge: 46, share: 0.4 },
  { concept: concept([snomed('609588000', 'Total knee replacement')]), fromAge: 55, share: 0.06 },
  { concept: concept([snomed('52734007', 'Total replacement of hip')]), fromAge: 58, share: 0.04 },
];

/** Implants (SNOMED CT) with the share of people over 60 who carry one. */
export const IMPLANTS = {
  pacemaker: { concept: concept([snomed('14106009', 'Cardiac pacemaker')]), share: 0.03 },
  defibrillator: { concept: concept([snomed('72506001', 'Implantable defibrillator')]), share: 0.01 },
  'hip prosthesis': { concept: concept([snomed('304120007', 'Total hip replacement prosthesis')]), share: 0.04 },
  'knee prosthesis': { concept: concept([snomed('109228008', 'Knee joint prosthesis')]), share: 0.05 },
  'cochlear implant': { concept: concept([snomed('43252007', 'Cochlear prosthesis')]), share: 0.002 },
} as const;

/** Kinds of encounter: v3-ActCode class and SNOMED CT type. */
export const ENCOUNTERS = {
  visit: {
    class: { code: 'AMB', display: 'ambulatory' },
    type: concept([snomed('185349003', 'Encounter for check up')]),
  },
  emergency: {
    class: { code: 'EMER', display: 'emergency' },
    type: concept([snomed('50849002', 'Emergency room admission')]),
  },
  admission: {
    class: { code: 'IMP', display: 'inpatient encounter' },
    type: concept([snomed('32485007', 'Hospital admission')]),
  },
} as const;

/** Documents (LOINC document ontology). */
export const DOCUMENT_TYPES = {
  'discharge summary': concept([loinc('18842-5', 'Discharge summary')]),
  'progress note': concept([loinc('11506-3', 'Progress note')]),
  'advance directive': concept([loinc('42348-3', 'Advance healthcare directives')]),
} as const;
