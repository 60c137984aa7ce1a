import type { AllergyIntolerance, CodeableConcept } from '@medplum/fhirtypes';

import { systems } from './code-systems.js';
import { foldWords } from './plain-text.js';

/**
 * How dangerous an allergy is, from what was recorded: the worst of criticality, severity and manifestation.
 * `unknown` stands between moderate and mild: nobody said that it is harmless.
 */
export type AllergyGrade = 'severe' | 'moderate' | 'unknown' | 'mild';

/** Worst first. */
export const allergyGrades: readonly AllergyGrade[] = ['severe', 'moderate', 'unknown', 'mild'];

/**
 * Manifestations that threaten life whatever severity stands beside them. SNOMED CT codes of the IPS "Allergy Reaction" free set
 * (bronchospasm, anaphylaxis, laryngeal oedema, Stevens-Johnson, arrest, DRESS, Lyell), with anaphylaxis due to a substance and shock.
 */
const LIFE_THREATENING = new Set([
  '4386001',
  '39579001',
  '51599000',
  '73442001',
  '410430005',
  '702809001',
  '768962006',
  '417516000',
  '27942005',
]);
/** Angioedema: life-threatening unless the source itself graded it lower. */
const ANGIOEDEMA = new Set(['41291007', '402387002']);

const LIFE_THREATENING_WORDS =
  /anaphyla|laryn\w* (?:o?edema|spasm)|throat (?:swelling|closing|closed|tightness)|swelling of (?:the )?throat|airway|bronchospasm|stevens|lyell|toxic epidermal|\bdress\b|(?:cardiac|respiratory|cardiorespiratory) arrest|\bshock\b|loss of consciousness|unresponsive/;
const ANGIOEDEMA_WORDS = /angio ?o?edema|swelling of (?:face|lips|tongue)|(?:face|facial|lip|tongue) swelling/;

/** The grade of one AllergyIntolerance as its source recorded it. */
export function allergyGrade({ criticality, reaction = [] }: AllergyIntolerance): AllergyGrade {
  const manifestations = reaction.flatMap((one) => one.manifestation ?? []);
  const severities = new Set(reaction.map(({ severity }) => severity).filter((one) => one !== undefined));
  if (criticality === 'high' || severities.has('severe')) return 'severe';
  if (manifestations.some((one) => means(one, LIFE_THREATENING, LIFE_THREATENING_WORDS))) return 'severe';
  if (severities.size === 0 && manifestations.some((one) => means(one, ANGIOEDEMA, ANGIOEDEMA_WORDS))) return 'severe';
  if (severities.has('moderate')) return 'moderate';
  if (severities.has('mild') || criticality === 'low') return 'mild';
  return 'unknown';
}

/** Whether a manifestation, by its name, threatens life. */
export function threatensLife(manifestation: string): boolean {
  return LIFE_THREATENING_WORDS.test(foldWords(manifestation));
}

function means({ coding = [], text }: CodeableConcept, codes: ReadonlySet<string>, words: RegExp): boolean {
  if (coding.some(({ system, code }) => system === systems.snomed && code !== undefined && codes.has(code)))
    return true;
  return [text, ...coding.map(({ display }) => display)].some(
    (name) => name !== undefined && words.test(foldWords(name)),
  );
}

/** The worst of several grades; `unknown` for none. */
export function worstGrade(grades: readonly AllergyGrade[]): AllergyGrade {
  return allergyGrades.find((grade) => grades.includes(grade)) ?? 'unknown';
}
