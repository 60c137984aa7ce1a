import type { AllergyIntolerance, CodeableConcept } from '@medplum/fhirtypes';

import { absenceStatement } from './absence-statement.js';
import { allergyGrade, worstGrade } from './allergy-severity.js';
import { systems } from './code-systems.js';
import { problemAlert } from './problem-alerts.js';

const snomed = (code: string, display?: string): CodeableConcept => ({
  coding: [{ system: systems.snomed, code, ...(display !== undefined && { display }) }],
});

describe('allergyGrade', () => {
  const allergy = (more: Partial<AllergyIntolerance>): AllergyIntolerance => ({
    resourceType: 'AllergyIntolerance',
    patient: { reference: 'Patient/1' },
    ...more,
  });

  it.each<[name: string, more: Partial<AllergyIntolerance>, grade: string]>([
    ['high criticality', { criticality: 'high' }, 'severe'],
    [
      'a severe reaction',
      { criticality: 'low', reaction: [{ manifestation: [{ text: 'rash' }], severity: 'severe' }] },
      'severe',
    ],
    [
      'anaphylaxis that was called mild',
      { reaction: [{ manifestation: [snomed('39579001')], severity: 'mild' }] },
      'severe',
    ],
    ['throat swelling in words', { reaction: [{ manifestation: [{ text: 'Throat swelling' }] }] }, 'severe'],
    ['angioedema that nobody graded', { reaction: [{ manifestation: [snomed('402387002')] }] }, 'severe'],
    [
      'angioedema that was called mild',
      { reaction: [{ manifestation: [snomed('402387002')], severity: 'mild' }] },
      'mild',
    ],
    ['a moderate reaction', { reaction: [{ manifestation: [{ text: 'hives' }], severity: 'moderate' }] }, 'moderate'],
    ['low criticality', { criticality: 'low' }, 'mild'],
    ['criticality that could not be assessed', { criticality: 'unable-to-assess' }, 'unknown'],
    ['nothing said', {}, 'unknown'],
    [
      'a shocking pink rash',
      { reaction: [{ manifestation: [{ text: 'shocking pink rash' }], severity: 'mild' }] },
      'mild',
    ],
  ])('%s', (_name, more, grade) => {
    expect(allergyGrade(allergy(more))).toBe(grade);
  });

  it('takes the worst, and unknown is worse than mild', () => {
    expect(worstGrade(['mild', 'unknown'])).toBe('unknown');
    expect(worstGrade(['mild', 'severe', 'unknown'])).toBe('severe');
    expect(worstGrade([])).toBe('unknown');
  });
});

describe('absenceStatement', () => {
  it.each<[name: string, concept: CodeableConcept, expected: unknown]>([
    ['SNOMED no known allergy', snomed('716186003', 'No known allergy'), { said: 'none-known', scope: 'all' }],
    ['SNOMED no known drug allergy', snomed('409137002'), { said: 'none-known', scope: 'medication' }],
    [
      'IPS none known',
      { coding: [{ system: systems.absentOrUnknown, code: 'no-known-allergies' }] },
      { said: 'none-known', scope: 'all' },
    ],
    [
      'IPS no information',
      { coding: [{ system: systems.absentOrUnknown, code: 'no-problem-info' }] },
      { said: 'no-information', scope: 'all' },
    ],
    ['patient not asked', snomed('1631000175102'), { said: 'no-information', scope: 'all' }],
    ['NKDA', { text: 'NKDA' }, { said: 'none-known', scope: 'medication' }],
    ['words', { text: 'No Known Allergies' }, { said: 'none-known', scope: 'all' }],
    ['drug words', { text: 'No known drug allergies' }, { said: 'none-known', scope: 'medication' }],
    ['one substance', { text: 'No known penicillin allergy' }, { said: 'none-known', scope: 'other' }],
    ['no medications', { text: 'No known medications' }, { said: 'none-known', scope: 'all' }],
    ['an allergy', { text: 'Penicillin' }, undefined],
    ['an allergy to an unknown thing', { text: 'No known cause of rash' }, undefined],
    [
      'a code that names something under a careless text',
      { text: 'none', coding: [{ system: systems.rxnorm, code: '7980', display: 'Penicillin G' }] },
      undefined,
    ],
    ['nothing at all', {}, undefined],
  ])('%s', (_name, concept, expected) => {
    expect(absenceStatement(concept)).toEqual(expected);
  });

  it('does not read a bare code with a careless text as an absence', () => {
    expect(absenceStatement({ text: 'none', coding: [{ system: systems.rxnorm, code: '7980' }] })).toBeUndefined();
  });
});

describe('problemAlert', () => {
  it.each<[concept: CodeableConcept, alert: string | undefined]>([
    [snomed('49436004', 'Atrial fibrillation'), 'arrhythmia'],
    [{ coding: [{ system: systems.icd10cm, code: 'I48.91' }] }, 'arrhythmia'],
    [{ coding: [{ system: systems.icd10cm, code: 'D66' }] }, 'bleeding'],
    [{ text: 'Von Willebrand disease, type 1' }, 'bleeding'],
    [snomed('72892002', 'Normal pregnancy'), 'pregnancy'],
    [{ text: 'Adrenal insufficiency' }, 'adrenal'],
    [{ text: 'History of difficult intubation' }, 'airway'],
    [{ text: 'Diabetes insipidus' }, undefined],
    [{ text: 'Family history of epilepsy' }, undefined],
    [{ text: 'Sprain of ankle' }, undefined],
    [{}, undefined],
  ])('%j', (concept, alert) => {
    expect(problemAlert(concept)).toBe(alert);
  });
});
