import type { CodeableConcept } from '@medplum/fhirtypes';

import { systems } from './code-systems.js';
import { foldWords } from './plain-text.js';

interface ProblemAlertRow {
  readonly id: string;
  /** Prefixes of ICD-10(-CM) codes, without the dot. */
  readonly icd10: readonly string[];
  readonly snomed: readonly string[];
  readonly words: RegExp;
}

const row = (id: string, icd10: string, words: RegExp, snomed: readonly string[] = []): ProblemAlertRow => ({
  id,
  icd10: icd10.split(' '),
  snomed,
  words,
});

/**
 * Problems that change what is done in the first minutes. ICD-10 chapters by prefix (WHO, ICD-10 and its US modification), SNOMED CT where a
 * code is certain, else by the words clinicians use. Anything that is not here is still shown, among the other problems.
 */
const problemAlerts: readonly ProblemAlertRow[] = [
  row(
    'bleeding',
    'D65 D66 D67 D68 D69',
    /h(?:a?e)mophilia|von willebrand|thrombocytop|bleeding (?:disorder|diathesis)|coagulopathy/,
  ),
  row('thrombosis', 'I26 I82', /pulmonary embol|deep vein thrombosis|venous thromboembol/, ['59282003', '128053003']),
  row(
    'arrhythmia',
    'I44 I45 I47 I48 I49 I46',
    /fibrillation|atrial flutter|long qt|heart block|brugada|ventricular tachycardia|cardiac arrest/,
    ['49436004', '410429000', '429007001'],
  ),
  row(
    'heart',
    'I20 I21 I22 I25 I34 I35 I42 I50',
    /heart failure|myocardial infarction|coronary|cardiomyopathy|aortic stenosis|angina/,
    ['84114007', '22298006', '53741008'],
  ),
  row('stroke', 'I60 I61 I62 I63 I64', /stroke|cerebral infarction|subarachnoid|intracerebral h(?:a?e)morrhage/, [
    '230690007',
  ]),
  row('pregnancy', 'O Z33 Z34', /\bpregnan(?:t|cy)\b(?! (?:test|prevention))/, ['72892002', '77386006']),
  row('seizure', 'G40 G41', /epilep|seizure disorder|status epilepticus/, ['84757009', '128613002']),
  row('diabetes', 'E10 E11 E13', /\bdiabetes\b(?! insipidus)/, ['44054006', '46635009', '73211009']),
  row('adrenal', 'E27', /addison|adrenal (?:insufficiency|crisis)/),
  row('airway', 'T884 J45', /difficult (?:airway|intubation)|tracheostomy|\basthma\b/, ['195967001']),
  row('anaesthesia', 'T883', /malignant hyperthermia|pseudocholinesterase/),
  row('neuromuscular', 'G70', /myasthenia/),
  row('kidney', 'N17 N186 Z992', /dialysis|end stage renal|kidney failure/),
  row('transplant', 'Z94 T86', /transplant/),
  row('immunity', 'D70 D81 D73 Z9081', /neutropenia|asplenia|splenectomy|immunodeficiency/),
  row('sickle-cell', 'D570 D571 D572', /sickle cell (?:disease|an(?:a?e)mia|crisis)/),
  row('aneurysm', 'I71 I671', /aneurysm|dissection of aorta|aortic dissection/),
];

const bySnomed = new Map(problemAlerts.flatMap(({ id, snomed }) => snomed.map((code) => [code, id] as const)));

/** The id of the first alert a problem falls under, or `undefined`. */
export function problemAlert({ coding = [], text }: CodeableConcept): string | undefined {
  for (const { system, code = '' } of coding) {
    const found = system === systems.snomed ? bySnomed.get(code) : isIcd10(system) ? alertOfIcd10(code) : undefined;
    if (found !== undefined) return found;
  }
  const names = [text, ...coding.map(({ display }) => display)].filter((name) => name !== undefined).map(foldWords);
  return problemAlerts.find(({ words }) =>
    names.some((name) => words.test(name) && !/family history|fear of|screening/.test(name)),
  )?.id;
}

function isIcd10(system: string | undefined): boolean {
  return system === systems.icd10 || system === systems.icd10cm;
}

function alertOfIcd10(code: string): string | undefined {
  const bare = code.replace('.', '').toUpperCase();
  return problemAlerts.find(({ icd10 }) => icd10.some((prefix) => bare.startsWith(prefix)))?.id;
}
