import type { CodeableConcept, Coding } from '@medplum/fhirtypes';

import { GENERIC_ALLERGY_CODES } from './allergens.data.js';
import { systems } from './code-systems.js';
import type { DrugAlert } from './drug-classes.js';
import { ingredientNames } from './medication-name.js';
import { foldWords } from './plain-text.js';
import { remembered } from './remembered.js';
import { type Substance, substanceOfCode, substancesInWords } from './substance-tables.js';

/** What a coded or written substance means for grouping and for alerts. The coding itself is never changed. */
export interface SubstanceMeaning {
  /** Two entries that share a token are about the same thing. Empty when nothing names a substance. */
  readonly tokens: readonly string[];
  /** Known substances and classes (`amoxicillin`, `penicillins`), in the order in which they were found. */
  readonly substances: readonly string[];
  /** Ids of drug classes touched. */
  readonly classes: readonly string[];
  readonly alerts: readonly DrugAlert[];
  /** Whether code and name stand for different substances. The name was believed; a person should look. */
  readonly codeAndNameDisagree: boolean;
}

const STANDARD = new Set<string>([
  systems.snomed,
  systems.rxnorm,
  systems.unii,
  systems.atc,
  systems.icd10,
  systems.icd10cm,
  'http://hl7.org/fhir/sid/ndc',
  'http://hl7.org/fhir/ndfrt',
]);

const generic = new Set(GENERIC_ALLERGY_CODES);
const ALLERGY_WORDS =
  /\b(?:allerg(?:y|ies|ic)(?: status| reaction)?(?: to)?|(?:hyper)?sensitivit(?:y|ies)(?: to)?|intolerance(?: to)?|adverse reactions?(?: to)?|propensity to|caused by|substance|finding|disorder|product|preparation|drug|drugs|medication|food|environmental|unknown|other|containing|unspecified|history of)\b/g;

/**
 * What the substance of an allergy means: by name where the name is known, else by code.
 *
 * A name outweighs a code because it is what clinicians read and check; wrong codes under right names are common. Classes of
 * both are kept for alerts.
 */
export const allergenMeaning = remembered(readAllergen, signature);

/** What a medication means: its ingredients by name where they are known, else by code, else the product by its own code and name. */
export const medicationMeaning = remembered(readMedication, signature);

/** What any other concept (a problem, a procedure, a device) is about: standard codes, and names as they are. */
export const conceptTokens = remembered(readTokens, signature);

/**
 * Everything that the meaning depends on, each part with its length before it: without the lengths one member could write a name that is
 * remembered as the meaning of another's.
 */
function signature(concepts: readonly CodeableConcept[]): string {
  let all = '';
  for (const { text = '', coding = [] } of concepts) {
    all += `${coding.length} ${text.length} ${text}`;
    for (const { system = '', code = '', display = '' } of coding) {
      all += `${system.length} ${code.length} ${display.length} ${system}${code}${display}`;
    }
  }
  return all;
}

function readAllergen(concepts: readonly CodeableConcept[]): SubstanceMeaning {
  const names = namesOf(concepts).map((name) => foldWords(name));
  const byName = unique(names.flatMap((name) => substancesInWords(name, true)));
  const byCode = substancesOfCodes(concepts);
  const known = byName.length > 0 ? byName.slice(0, 1) : byCode.slice(0, 1);
  const tokens =
    known.length > 0
      ? known.map(groupToken)
      : [...codeTokens(concepts), ...names.map(allergenPhrase).map((phrase) => `name:${phrase}`)].filter(
          (one) => one !== 'name:',
        );
  return meaning(tokens, byName, byCode);
}

function readMedication(concepts: readonly CodeableConcept[]): SubstanceMeaning {
  const phrases = unique(namesOf(concepts).map(ingredientNames).map(toPhrases)).filter((phrase) => phrase !== '');
  const byName = unique(phrases.flatMap((phrase) => substancesInWords(phrase.replaceAll('+', ' '), false)));
  const byCode = substancesOfCodes(concepts);
  const known = byName.length > 0 ? ingredientToken(phrases) : byCode.slice(0, 1).map((one) => `drug:${one.id}`);
  const tokens = known.length > 0 ? known : [...codeTokens(concepts), ...phrases.map((phrase) => `name:${phrase}`)];
  return meaning(tokens, byName, byCode);
}

function readTokens(concepts: readonly CodeableConcept[]): readonly string[] {
  const names = namesOf(concepts).map((name) =>
    foldWords(name.replace(/\((?:disorder|finding|procedure|situation|physical object)\)$/, '')),
  );
  return unique([...codeTokens(concepts), ...names.filter((name) => name !== '').map((name) => `name:${name}`)]);
}

function meaning(
  tokens: readonly string[],
  byName: readonly Substance[],
  byCode: readonly Substance[],
): SubstanceMeaning {
  const all = unique([...byName, ...byCode]);
  const classes = unique(all.flatMap((one) => (one.drugClass === undefined ? [] : [one.drugClass])));
  const agree =
    byName.length === 0 || byCode.length === 0 || byCode.some((code) => byName.some((name) => areAlike(code, name)));
  return {
    tokens: unique(tokens),
    substances: all.map(({ id }) => id),
    classes: classes.map(({ id }) => id),
    alerts: unique(classes.flatMap(({ alert }) => (alert === undefined ? [] : [alert]))),
    codeAndNameDisagree: !agree,
  };
}

function areAlike(a: Substance, b: Substance): boolean {
  return a === b || (a.drugClass !== undefined && a.drugClass === b.drugClass);
}

function groupToken({ id, drugClass }: Substance): string {
  return drugClass?.oneAllergy === true ? `class:${drugClass.id}` : `substance:${id}`;
}

/** "amoxicillin+clavulanate": one product, its ingredients in a fixed order. */
function toPhrases(ingredients: readonly string[]): string {
  return ingredients
    .map((name) => {
      const known = substancesInWords(name, false);
      return known.length === 0
        ? name
        : known
            .map(({ id }) => id)
            .sort()
            .join('+');
    })
    .sort()
    .join('+');
}

function ingredientToken(phrases: readonly string[]): string[] {
  const words = phrases.map((phrase) => phrase.replaceAll('+', ' '));
  return words
    .filter((phrase) => substancesInWords(phrase, false).length > 0)
    .slice(0, 1)
    .map((phrase) => `drug:${phrase}`);
}

function allergenPhrase(folded: string): string {
  return folded.replace(ALLERGY_WORDS, ' ').replace(/\s+/g, ' ').trim();
}

function namesOf(concepts: readonly CodeableConcept[]): string[] {
  return concepts
    .flatMap(({ text, coding = [] }) => [text, ...coding.map(({ display }) => display)])
    .filter((name): name is string => name !== undefined && name !== '');
}

function substancesOfCodes(concepts: readonly CodeableConcept[]): Substance[] {
  return unique(
    concepts
      .flatMap(({ coding = [] }) => coding)
      .map(({ system, code }) => substanceOfCode(system, code))
      .filter((one) => one !== undefined),
  );
}

/** Codes that may join two entries: those of public terminologies, and a local one only where there is no name to go by. */
function codeTokens(concepts: readonly CodeableConcept[]): string[] {
  const hasName = namesOf(concepts).length > 0;
  return concepts
    .flatMap(({ coding = [] }) => coding)
    .filter(
      (coding): coding is Coding & { system: string; code: string } =>
        coding.system !== undefined && coding.code !== undefined,
    )
    .filter(
      ({ system, code }) => (STANDARD.has(system) || !hasName) && !(system === systems.snomed && generic.has(code)),
    )
    .map(({ system, code }) => `${system}|${code}`);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
