import { ALLERGENS } from './allergens.data.js';
import { systems } from './code-systems.js';
import { classOfAtc, type DrugClass, drugClassById, drugClasses } from './drug-classes.js';
import { INGREDIENTS, PRODUCTS } from './ingredients.data.js';

/** A substance as this library names it: an ingredient, an allergen that is no drug, or a whole class. */
export interface Substance {
  /** Stable and readable: `amoxicillin`, `latex`, `penicillins`. */
  readonly id: string;
  readonly drugClass?: DrugClass;
  /** Whether the id names a class and not one substance. */
  readonly isClass: boolean;
}

const SYSTEM_OF: Readonly<Record<string, string>> = {
  s: systems.snomed,
  r: systems.rxnorm,
  u: systems.unii,
  i: systems.icd10cm,
};

const byId = new Map<string, Substance>();
const drugNames = new Map<string, Substance>();
const allergenNames = new Map<string, Substance>();
const byCode = new Map<string, Substance>();
const byAtc = new Map<string, Substance>();

for (const drugClass of drugClasses) {
  const substance: Substance = { id: drugClass.id, drugClass, isClass: true };
  byId.set(drugClass.id, substance);
  for (const name of drugClass.names) drugNames.set(name, substance);
}

for (const [name = '', atc = '', rxnorm = '', others = ''] of rows(INGREDIENTS)) {
  const drugClass = classOfAtc(atc);
  const substance: Substance = { id: name, isClass: false, ...(drugClass && { drugClass }) };
  byId.set(name, substance);
  byAtc.set(atc, substance);
  for (const one of [name, ...others.split(',')]) if (one !== '') drugNames.set(one, substance);
  if (rxnorm !== '') byCode.set(`${systems.rxnorm}|${rxnorm}`, substance);
}

for (const [line = ''] of rows(PRODUCTS)) {
  const [name = '', codes = ''] = line.split(': ');
  const substance = byId.get(name);
  for (const code of codes.split(' ')) if (substance !== undefined) byCode.set(`${systems.rxnorm}|${code}`, substance);
}

for (const [id = '', codes = '', names = ''] of rows(ALLERGENS)) {
  const drugClass = drugClassById(id);
  const substance = byId.get(id) ?? { id, isClass: false, ...(drugClass && { drugClass }) };
  byId.set(id, substance);
  for (const code of codes.split(' ')) {
    const system = SYSTEM_OF[code.slice(0, 1)];
    if (system !== undefined) byCode.set(`${system}|${code.slice(2)}`, substance);
  }
  for (const name of names.split(',')) if (name !== '') allergenNames.set(name, substance);
}

function rows(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|'));
}

/** The substance a coding stands for, from the tables or from the structure of an ATC code. */
export function substanceOfCode(system: string | undefined, code: string | undefined): Substance | undefined {
  if (system === undefined || code === undefined) return undefined;
  if (system === systems.atc) return byAtc.get(code) ?? classSubstance(classOfAtc(code));
  return byCode.get(`${system === systems.icd10 ? systems.icd10cm : system}|${code}`);
}

function classSubstance(drugClass: DrugClass | undefined): Substance | undefined {
  return drugClass === undefined ? undefined : byId.get(drugClass.id);
}

const LONGEST_NAME_WORDS = 4;

/**
 * The substances a folded text names, from left to right, longest name first.
 *
 * @param withAllergens whether allergens that are no drugs (latex, peanut) count too
 */
export function substancesInWords(foldedText: string, withAllergens: boolean): Substance[] {
  const words = foldedText.split(' ');
  const found: Substance[] = [];
  for (let at = 0; at < words.length;) {
    const [substance, length] = nameAt(words, at, withAllergens);
    if (substance !== undefined && !found.includes(substance)) found.push(substance);
    at += length;
  }
  return found;
}

function nameAt(words: readonly string[], at: number, withAllergens: boolean): [Substance | undefined, number] {
  for (let length = Math.min(LONGEST_NAME_WORDS, words.length - at); length > 0; length -= 1) {
    const name = length === 1 ? (words[at] ?? '') : words.slice(at, at + length).join(' ');
    const substance = drugNames.get(name) ?? (withAllergens ? allergenNames.get(name) : undefined);
    if (substance !== undefined) return [substance, length];
  }
  return [undefined, 1];
}
