import { type Concept, concept, rxnorm } from './concept.js';

/** A prescribable drug in the strengths that charts disagree about; the first is the usual one. */
export interface Drug {
  readonly strengths: readonly { readonly product: Concept; readonly sig: string }[];
}

const product = (code: string, display: string, sig: string): Drug['strengths'][number] => ({
  product: concept([rxnorm(code, display)]),
  sig,
});
const drug = (...strengths: Drug['strengths']): Drug => ({ strengths });

/**
 * Drugs by ingredient, as RxNorm semantic clinical drugs (SCD). Codes: RxNorm, checked against the VSAC value sets of the CMS quality
 * measures and Synthea's modules; where no SCD could be confirmed, the ingredient's code stands.
 */
export const DRUGS = {
  warfarin: drug(
    product('855332', 'warfarin sodium 5 MG Oral Tablet', 'Take 1 tablet by mouth once daily in the evening'),
    product('855312', 'warfarin sodium 2.5 MG Oral Tablet', 'Take 1 tablet by mouth once daily in the evening'),
  ),
  apixaban: drug(
    product('1364445', 'apixaban 5 MG Oral Tablet', 'Take 1 tablet by mouth twice daily'),
    product('1364435', 'apixaban 2.5 MG Oral Tablet', 'Take 1 tablet by mouth twice daily'),
  ),
  rivaroxaban: drug(
    product('1232086', 'rivaroxaban 20 MG Oral Tablet', 'Take 1 tablet by mouth once daily with the evening meal'),
  ),
  metoprolol: drug(
    product(
      '866436',
      '24 HR metoprolol succinate 50 MG Extended Release Oral Tablet',
      'Take 1 tablet by mouth once daily',
    ),
    product('866514', 'metoprolol tartrate 50 MG Oral Tablet', 'Take 1 tablet by mouth twice daily'),
  ),
  carvedilol: drug(product('200032', 'carvedilol 12.5 MG Oral Tablet', 'Take 1 tablet by mouth twice daily with food')),
  digoxin: drug(product('197604', 'digoxin 0.125 MG Oral Tablet', 'Take 1 tablet by mouth once daily')),
  lisinopril: drug(
    product('314076', 'lisinopril 10 MG Oral Tablet', 'Take 1 tablet by mouth once daily'),
    product('314077', 'lisinopril 20 MG Oral Tablet', 'Take 1 tablet by mouth once daily'),
  ),
  losartan: drug(product('979492', 'losartan potassium 50 MG Oral Tablet', 'Take 1 tablet by mouth once daily')),
  amlodipine: drug(product('308135', 'amlodipine 10 MG Oral Tablet', 'Take 1 tablet by mouth once daily')),
  hydrochlorothiazide: drug(
    product('310798', 'hydrochlorothiazide 25 MG Oral Tablet', 'Take 1 tablet by mouth once daily in the morning'),
  ),
  furosemide: drug(
    product('313988', 'furosemide 40 MG Oral Tablet', 'Take 1 tablet by mouth once daily in the morning'),
    product('310429', 'furosemide 20 MG Oral Tablet', 'Take 1 tablet by mouth once daily in the morning'),
  ),
  atorvastatin: drug(
    product('617311', 'atorvastatin 40 MG Oral Tablet', 'Take 1 tablet by mouth once daily at bedtime'),
    product('259255', 'atorvastatin 80 MG Oral Tablet', 'Take 1 tablet by mouth once daily at bedtime'),
  ),
  aspirin: drug(
    product('243670', 'aspirin 81 MG Oral Tablet', 'Take 1 tablet by mouth once daily'),
    product('308416', 'aspirin 81 MG Delayed Release Oral Tablet', 'Take 1 tablet by mouth once daily'),
  ),
  clopidogrel: drug(product('309362', 'clopidogrel 75 MG Oral Tablet', 'Take 1 tablet by mouth once daily')),
  metformin: drug(
    product('861007', 'metformin hydrochloride 500 MG Oral Tablet', 'Take 1 tablet by mouth twice daily with meals'),
    product('861004', 'metformin hydrochloride 1000 MG Oral Tablet', 'Take 1 tablet by mouth twice daily with meals'),
  ),
  'insulin glargine': drug(
    product('311041', 'insulin glargine 100 UNT/ML Injectable Solution', 'Inject 20 units under the skin at bedtime'),
  ),
  levothyroxine: drug(
    product(
      '892246',
      'levothyroxine sodium 0.1 MG Oral Tablet',
      'Take 1 tablet by mouth once daily on an empty stomach',
    ),
  ),
  albuterol: drug(
    product(
      '745679',
      '200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler',
      'Inhale 2 puffs every 4 to 6 hours as needed for wheezing',
    ),
  ),
  fluticasone: drug(
    product(
      '895994',
      '120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler',
      'Inhale 2 puffs twice daily',
    ),
  ),
  sertraline: drug(
    product('312941', 'sertraline 50 MG Oral Tablet', 'Take 1 tablet by mouth once daily'),
    product('312940', 'sertraline 25 MG Oral Tablet', 'Take 1 tablet by mouth once daily'),
  ),
  omeprazole: drug(
    product(
      '198051',
      'omeprazole 20 MG Delayed Release Oral Capsule',
      'Take 1 capsule by mouth once daily before breakfast',
    ),
  ),
  gabapentin: drug(product('310431', 'gabapentin 300 MG Oral Capsule', 'Take 1 capsule by mouth three times daily')),
  ibuprofen: drug(
    product('197807', 'ibuprofen 800 MG Oral Tablet', 'Take 1 tablet by mouth every 8 hours as needed for pain'),
  ),
  amoxicillin: drug(
    product('308182', 'amoxicillin 250 MG Oral Capsule', 'Take 1 capsule by mouth three times daily for 10 days'),
  ),
  prednisone: drug(product('312617', 'prednisone 5 MG Oral Tablet', 'Take 4 tablets by mouth once daily for 5 days')),
  'buprenorphine and naloxone': drug(
    product(
      '351267',
      'buprenorphine 8 MG / naloxone 2 MG Sublingual Tablet',
      'Dissolve 1 tablet under the tongue once daily',
    ),
  ),
  dolutegravir: drug(product('1433873', 'dolutegravir 50 MG Oral Tablet', 'Take 1 tablet by mouth once daily')),
  lithium: drug(product('42351', 'lithium carbonate', 'Take 300 mg by mouth three times daily')),
} as const satisfies Readonly<Record<string, Drug>>;

/** The name of a drug of the table. */
export type DrugName = keyof typeof DRUGS;

/** Strength number `n` of a drug, the last one where it has fewer. */
export function strengthOf(name: DrugName, n = 0): Drug['strengths'][number] {
  const { strengths }: Drug = DRUGS[name];
  const strength = strengths[Math.min(n, strengths.length - 1)];
  if (strength === undefined) throw new RangeError('a drug has at least one strength');
  return strength;
}
