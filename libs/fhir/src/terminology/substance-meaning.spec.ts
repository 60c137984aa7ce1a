import type { CodeableConcept } from '@medplum/fhirtypes';
import fc from 'fast-check';

import { systems } from './code-systems.js';
import { ingredientNames } from './medication-name.js';
import { allergenMeaning, medicationMeaning } from './substance-meaning.js';

const text = (name: string): CodeableConcept => ({ text: name });
const coded = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [{ system, code, ...(display !== undefined && { display }) }],
});

describe('allergenMeaning', () => {
  it.each<[name: string, concept: CodeableConcept]>([
    ['SNOMED finding', coded(systems.snomed, '91936005', 'Allergy to penicillin')],
    ['SNOMED finding of a member', coded(systems.snomed, '294505008')],
    ['SNOMED substance', coded(systems.snomed, '764146007')],
    ['RxNorm ingredient', coded(systems.rxnorm, '723')],
    ['RxNorm ingredient of Synthea', coded(systems.rxnorm, '7984', 'Penicillin V')],
    ['RxNorm product with a name', coded(systems.rxnorm, '308182', 'Amoxicillin 250 MG Oral Capsule')],
    ['ATC', coded(systems.atc, 'J01CA04')],
    ['ATC group', coded(systems.atc, 'J01C')],
    ['ICD-10-CM', coded(systems.icd10cm, 'Z88.0', 'Allergy status to penicillin')],
    ['UNII', coded(systems.unii, 'Q42T66VG0C')],
    ['text', text('Penicillin G Benzathine')],
    ['abbreviation', text('PCN')],
    ['brand', text('Augmentin 500mg')],
    ['plural', text('Allergy to penicillins (finding)')],
  ])('a penicillin by %s is the penicillin class', (_name, concept) => {
    expect(allergenMeaning([concept])).toMatchObject({
      tokens: ['class:penicillins'],
      classes: expect.arrayContaining(['penicillins']),
      codeAndNameDisagree: false,
    });
  });

  it.each<[name: string, concept: CodeableConcept, token: string]>([
    ['cephalosporins are not penicillins', text('Cephalexin'), 'class:cephalosporins'],
    ['trimethoprim alone is no sulfonamide', text('Trimethoprim'), 'substance:trimethoprim'],
    ['the combination is', text('Bactrim DS'), 'class:sulfonamide-antibiotics'],
    ['ibuprofen stands alone', text('Ibuprofen'), 'substance:ibuprofen'],
    ['latex by finding', coded(systems.snomed, '300916003', 'Latex allergy'), 'substance:latex'],
    ['latex by substance', coded(systems.snomed, '111088007'), 'substance:latex'],
    ['shellfish is not fish', text('Allergy to shellfish'), 'substance:shellfish'],
    ['an unknown substance by its name', text('Allergy to kiwi fruit'), 'name:kiwi fruit'],
    ['the same, worded otherwise', text('Kiwi fruit allergy (finding)'), 'name:kiwi fruit'],
  ])('%s', (_name, concept, token) => {
    expect(allergenMeaning([concept]).tokens).toEqual([token]);
  });

  it('believes the name where the code says another substance, and says that they disagree', () => {
    const wrong = allergenMeaning([coded(systems.snomed, '762952008', 'Penicillin')]);
    expect(wrong).toMatchObject({
      tokens: ['class:penicillins'],
      codeAndNameDisagree: true,
      substances: ['penicillins', 'peanut'],
    });
  });

  it('does not join what only a generic or a local code has in common', () => {
    expect(allergenMeaning([coded(systems.snomed, '416098002', 'Allergy to drug (finding)')]).tokens).toEqual([]);
    const [kiwi, plum] = ['Kiwi', 'Plum'].map((name) =>
      allergenMeaning([{ text: name, coding: [{ system: 'urn:local', code: 'DA' }] }]),
    );
    expect(kiwi?.tokens.filter((token) => plum?.tokens.includes(token))).toEqual([]);
  });

  it('is never taken for another one that is written alike', () => {
    const parts = fc.array(fc.constantFrom('Penicillin', 'Latex', '7980', '0 ', '10 Penicillin', ''), { maxLength: 3 });
    const concept = fc
      .record({ text: parts.map((one) => one.join('')), codes: parts })
      .map(({ text: name, codes }): CodeableConcept => ({
        text: name,
        coding: codes.map((code) => ({ system: systems.rxnorm, code, display: code })),
      }));
    fc.assert(
      fc.property(fc.array(fc.array(concept, { maxLength: 2 }), { maxLength: 6 }), (all) => {
        // One result a concept, and the same one again: nothing was remembered under the name of something else.
        const first = all.map((concepts) => allergenMeaning(concepts));
        const remembered = new Map(all.map((concepts, at) => [JSON.stringify(concepts), first[at]]));
        for (const concepts of all.toReversed())
          expect(allergenMeaning(concepts)).toBe(remembered.get(JSON.stringify(concepts)));
        expect(new Set(first).size).toBe(new Set(all.map((concepts) => JSON.stringify(concepts))).size);
      }),
    );
  });

  it('keeps every class that is named for alerts, and groups by the first', () => {
    const both = allergenMeaning([text('Penicillins and cephalosporins')]);
    expect(both.tokens).toEqual(['class:penicillins']);
    expect(both.classes).toEqual(['penicillins', 'cephalosporins']);
  });
});

describe('ingredientNames', () => {
  // Product names as RxNorm, Synthea and four vendors' C-CDA documents write them.
  it.each<[product: string, names: string[]]>([
    ['Warfarin Sodium 5 MG Oral Tablet', ['warfarin']],
    ['24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet', ['metformin']],
    ['NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector', ['epinephrine']],
    ['Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet', ['amoxicillin', 'clavulanate']],
    ['Insulin Glargine 100 UNT/ML Injectable Solution [Lantus]', ['insulin glargine']],
    ['120 ACTUAT Fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler', ['fluticasone propionate']],
    ['Lipitor 10 mg oral tablet', ['lipitor']],
    ['metoprolol tartrate Oral Tablet 25 mg', ['metoprolol']],
    ['Diazepam [Valium]', ['diazepam']],
    ['', []],
    ['5 mg', []],
  ])('%j', (product, names) => {
    expect(ingredientNames(product)).toEqual(names);
  });
});

describe('medicationMeaning', () => {
  it.each<[name: string, concept: CodeableConcept]>([
    ['RxNorm product', coded(systems.rxnorm, '855332', 'Warfarin Sodium 5 MG Oral Tablet')],
    ['bare product code', coded(systems.rxnorm, '855312')],
    ['ingredient', coded(systems.rxnorm, '11289')],
    ['ATC', coded(systems.atc, 'B01AA03')],
    ['brand', text('Coumadin 2 mg tab')],
    ['text', text('warfarin')],
  ])('warfarin by %s is one drug, an anticoagulant', (_name, concept) => {
    expect(medicationMeaning([concept])).toMatchObject({
      tokens: ['drug:warfarin'],
      classes: ['anticoagulants'],
      alerts: ['anticoagulant'],
    });
  });

  it.each<[string, string, string[]]>([
    ['Apixaban 5 MG Oral Tablet', 'drug:apixaban', ['anticoagulant']],
    ['aspirin 81 mg', 'drug:aspirin', ['antiplatelet']],
    ['Metoprolol Tartrate 25 MG Oral Tablet', 'drug:metoprolol', ['heart']],
    ['Digoxin 0.125 MG Oral Tablet', 'drug:digoxin', ['heart']],
    ['Insulin Glargine 100 UNT/ML Injectable Solution', 'drug:insulin glargine', ['insulin']],
    ['Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet', 'drug:amoxicillin clavulanate', []],
    ['Loratadine 5 MG Chewable Tablet', 'name:loratadine', []],
    ['hydrocodone-acetaminophen 5-325 mg', 'drug:hydrocodone paracetamol', ['opioid']],
  ])('%s', (name, token, alerts) => {
    expect(medicationMeaning([text(name)])).toMatchObject({ tokens: [token], alerts });
  });

  it('takes the name that names a drug, wherever it stands', () => {
    const concept = {
      text: 'one in the evening',
      coding: [{ system: systems.rxnorm, code: '1', display: 'Eliquis 5 MG Oral Tablet' }],
    };
    expect(medicationMeaning([concept]).tokens).toEqual(['drug:apixaban']);
  });

  it('keeps a combination apart from its parts', () => {
    const combination = medicationMeaning([text('Metoprolol 50 MG / Hydrochlorothiazide 25 MG Oral Tablet')]);
    expect(combination.tokens).toEqual(['drug:hydrochlorothiazide metoprolol']);
  });
});
