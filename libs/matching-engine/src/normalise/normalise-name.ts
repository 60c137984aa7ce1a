import { memoise } from '../text/memoise.js';
import { foldText } from './fold-text.js';

/** A suffix that tells generations apart; `0` is none. Jr and II, Sr and I say the same of a person often enough to be kept apart. */
export const suffixes = ['', 'jr', 'sr', 'ii', 'iii', 'iv', 'v'] as const;

/** A name as the engine compares it: folded, without titles and suffix, parts parted by single spaces. Empty is "not recorded". */
export interface NormalisedName {
  readonly given: string;
  readonly middle: string;
  readonly family: string;
  /** Index into `suffixes`. */
  readonly suffix: number;
  /** The given name stands for a child not yet named ("Baby Girl", "BB"). */
  readonly newborn: boolean;
  /** Which of several newborns: 0 unknown, 1 for A, 2 for B, … */
  readonly twin: number;
  /** What the placeholder says of the sex: 0 nothing, 1 female, 2 male. */
  readonly newbornSex: 0 | 1 | 2;
}

/** The name fields as a source sends them. */
export interface NameParts {
  readonly given?: string | undefined;
  readonly middle?: string | undefined;
  readonly family?: string | undefined;
  readonly suffix?: string | undefined;
}

const suffixIndex: ReadonlyMap<string, number> = new Map([
  ...suffixes.map((text, index): [string, number] => [text, index]),
  ['junior', 1],
  ['jnr', 1],
  ['senior', 2],
  ['snr', 2],
  ['2nd', 3],
  ['3rd', 4],
  ['iiii', 5],
  ['4th', 5],
  ['5th', 6],
]);
const titles = new Set(['mr', 'mrs', 'ms', 'miss', 'dr', 'prof', 'rev', 'sir', 'md', 'phd', 'esq', 'mx']);
const placeholders = new Set(
  [
    'unknown',
    'unk',
    'none',
    'null',
    'na',
    'n a',
    'nan',
    'nfn',
    'nmn',
    'no name',
    'noname',
    'not given',
    'not known',
    'missing',
    'test',
  ].concat([
    'testpatient',
    'patient',
    'anonymous',
    'anon',
    'unidentified',
    'no last name',
    'no first name',
    'nln',
    'fnu',
    'lnu',
    'xxx',
    'xx',
  ]),
);
const does = /^(john|jane|jon|baby)? ?doe$/;
const newborn =
  /^(?:(?:baby|newborn|infant|new born|nb|twin) ?(boy|girl|male|female)?|(boy|girl|bb|bg|babyboy|babygirl))(?: ([a-d]|[1-4]|one|two))?(?: of .*)?$/;
/** A cheap look before the pattern: every placeholder begins with one of these letters. */
const mayBeNewborn = (given: string): boolean => given !== '' && 'bnitg'.includes(given.charAt(0));
const lettersForDigits: Readonly<Record<string, string>> = { 0: 'o', 1: 'l', 3: 'e', 5: 's', 8: 'b' };

/**
 * Normalises one name: Unicode folding, titles dropped, the suffix taken out of whichever part holds it, scanning errors (`8rown`)
 * read as letters, a nickname in brackets dropped, placeholders ("UNKNOWN", John Doe) emptied, and "Baby Boy B" recognised as a
 * newborn who has no given name yet.
 */
export function normaliseName(parts: NameParts): NormalisedName {
  const givenPart = readPart(parts.given ?? '');
  const middlePart = readPart(parts.middle ?? '');
  const familyPart = readPart(parts.family ?? '');
  const suffix = readSuffix(parts.suffix ?? '') || familyPart.suffix || givenPart.suffix || middlePart.suffix;
  let given = givenPart.text;
  let middle = middlePart.text;
  const family = familyPart.text;
  if (family === 'doe' && does.test(`${given} ${family}`))
    return { given: '', middle: '', family: '', suffix: 0, newborn: false, twin: 0, newbornSex: 0 };
  const placeholder = mayBeNewborn(given)
    ? (newborn.exec(given) ?? (middle === '' ? null : newborn.exec(`${given} ${middle}`)))
    : null;
  if (placeholder !== null) {
    const word = placeholder[1] ?? placeholder[2] ?? '';
    const sex = /girl|female|bg/.test(word) ? 1 : /boy|male|bb/.test(word) ? 2 : 0;
    return { given: '', middle: '', family, suffix, newborn: true, twin: twinNumber(placeholder[3]), newbornSex: sex };
  }
  if (middle === '') [given, middle] = splitGiven(given);
  return { given, middle, family: joinParticles(family), suffix, newborn: false, twin: 0, newbornSex: 0 };
}

const readSuffix = memoise((text: string): number => suffixIndex.get(foldText(text).replace(/ /g, '')) ?? 0);

/** One name field without titles, nicknames in brackets and suffix; placeholders are empty. */
const readPart = memoise((raw: string): { readonly text: string; readonly suffix: number } => {
  const kept: string[] = [];
  let suffix = 0;
  const bare = /[("]/.test(raw) ? raw.replace(/[("].*?[)\]"]/g, ' ') : raw;
  for (const word of foldText(bare).split(' ')) {
    const found = kept.length > 0 || word.length > 1 ? suffixIndex.get(word) : undefined;
    if (found !== undefined && found > 0 && word !== 'v') suffix ||= found;
    else if (!titles.has(word)) kept.push(readScanningErrors(word));
  }
  const text = kept.join(' ');
  return { text: placeholders.has(text) ? '' : text, suffix };
});

/** "mary ann" stays two words in the given name unless the second is an initial, which is a middle name in the wrong field. */
function splitGiven(given: string): [string, string] {
  if (!given.includes(' ')) return [given, ''];
  const words = given.split(' ');
  const last = words.at(-1) ?? '';
  return words.length === 2 && last.length === 1 ? [words[0] ?? '', last] : [given, ''];
}

/** `mc donald` → `mcdonald`, `o neil` → `oneil`: a lone prefix is part of the word that follows it. */
function joinParticles(family: string): string {
  return family.includes(' ') ? family.replace(/\b(mc|mac|o|d|st) (?=\p{L}{2})/gu, '$1') : family;
}

function readScanningErrors(word: string): string {
  if (!/\d/.test(word) || !/\p{L}{2}/u.test(word)) return /^\d+$/.test(word) ? '' : word;
  return word.replace(/[01358]/g, (digit) => lettersForDigits[digit] ?? digit);
}

function twinNumber(letter: string | undefined): number {
  if (letter === undefined) return 0;
  const number = 'abcd'.indexOf(letter) + 1 || '1234'.indexOf(letter) + 1;
  return number || (letter === 'one' ? 1 : 2);
}
