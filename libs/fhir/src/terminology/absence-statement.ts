import type { CodeableConcept, Coding } from '@medplum/fhirtypes';

import { GENERIC_ALLERGY_CODES } from './allergens.data.js';
import { systems } from './code-systems.js';
import { foldWords } from './plain-text.js';

/** An entry that says that there is nothing, or that nobody knows. */
export interface AbsenceStatement {
  readonly said: 'none-known' | 'no-information';
  /** What kind of thing is absent: `all`, or of allergies `medication`, `food`, `environment`, or one substance (`other`). */
  readonly scope: 'all' | 'medication' | 'food' | 'environment' | 'other';
}

const noneKnown = (scope: AbsenceStatement['scope']): AbsenceStatement => ({ said: 'none-known', scope });
const noInformation: AbsenceStatement = { said: 'no-information', scope: 'all' };

/**
 * Codings that say so. SNOMED CT: no known allergy, drug, food, environmental and latex allergy, no current problems or disability, no
 * known medications / not on medication; 1631000175102 (US edition) "patient not asked". IPS: its absent-or-unknown code system.
 */
const BY_CODE: ReadonlyMap<string, AbsenceStatement> = new Map([
  [`${systems.snomed}|716186003`, noneKnown('all')],
  [`${systems.snomed}|160244002`, noneKnown('all')],
  [`${systems.snomed}|409137002`, noneKnown('medication')],
  [`${systems.snomed}|429625007`, noneKnown('food')],
  [`${systems.snomed}|428607008`, noneKnown('environment')],
  [`${systems.snomed}|716184000`, noneKnown('other')],
  [`${systems.snomed}|160245001`, noneKnown('all')],
  [`${systems.snomed}|787481004`, noneKnown('all')],
  [`${systems.snomed}|1631000175102`, noInformation],
]);

const PUBLIC = new Set<string>([
  systems.snomed,
  systems.rxnorm,
  systems.unii,
  systems.atc,
  systems.icd10,
  systems.icd10cm,
]);

const ALL_PHRASES = new Set([
  'nka',
  'nkda',
  'nkma',
  'nkfa',
  'none',
  'none known',
  'no allergies',
  'no known allergies',
  'no known allergy',
  'denies allergies',
  'no allergies on file',
  'not on file',
]);

/**
 * Whether a concept says that something is absent, as opposed to naming it.
 *
 * Words are read only where no public terminology code stands beside them, and only whole phrases: "no known cause" is no absence.
 */
export function absenceStatement(concept: CodeableConcept | undefined): AbsenceStatement | undefined {
  if (concept === undefined) return undefined;
  for (const { system, code } of concept.coding ?? []) {
    if (system === systems.absentOrUnknown && code !== undefined) {
      return code.startsWith('no-known-') ? noneKnown('all') : noInformation;
    }
    const found = BY_CODE.get(`${system}|${code}`);
    if (found !== undefined) return found;
  }
  if ((concept.coding ?? []).some(namesSomething)) return undefined;
  const names = [concept.text, ...(concept.coding ?? []).map(({ display }) => display)].filter(
    (name) => name !== undefined,
  );
  const statements = names.map((name) => statementInWords(foldWords(name)));
  return statements.length > 0 && statements.every((one) => one !== undefined) ? statements[0] : undefined;
}

/** Whether a coding of a public terminology stands for a thing: then careless words beside it don't make it an absence. */
function namesSomething({ system, code }: Coding): boolean {
  return code !== undefined && system !== undefined && PUBLIC.has(system) && !GENERIC_ALLERGY_CODES.includes(code);
}

function statementInWords(folded: string): AbsenceStatement | undefined {
  const phrase = folded.replace(/ (?:situation|finding|disorder)$/, '');
  if (phrase === 'nkda' || phrase === 'nkma') return noneKnown('medication');
  if (phrase === 'nkfa') return noneKnown('food');
  if (phrase === 'not on file' || phrase === 'no allergies on file') return noInformation;
  if (ALL_PHRASES.has(phrase)) return noneKnown('all');
  const about = /^(?:no|denies)(?: known)?(?: history of)? (.*?) ?allerg(?:y|ies)$/.exec(phrase)?.[1];
  if (about === undefined) {
    return /^no (?:known |current )?(?:problems|medications|active problems|devices|implants|immunizations|procedures)$/.test(
      phrase,
    )
      ? noneKnown('all')
      : undefined;
  }
  if (/^(?:drug|medication|medicine)$/.test(about)) return noneKnown('medication');
  if (about === 'food') return noneKnown('food');
  if (/^environmental?$/.test(about)) return noneKnown('environment');
  return noneKnown('other');
}
