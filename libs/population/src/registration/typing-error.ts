import { type Random, below, chance, pick } from '../random/random.js';

const ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;

/** Keys beside each key of a QWERTY keyboard: left, right, and the two above and below that touch it. */
const NEIGHBOURS = new Map<string, string>(
  ROWS.flatMap((row, r) =>
    [...row].map((key, i) => {
      const beside = [
        row[i - 1],
        row[i + 1],
        ROWS[r - 1]?.[i],
        ROWS[r - 1]?.[i + 1],
        ROWS[r + 1]?.[i],
        ROWS[r + 1]?.[i - 1],
      ];
      return [key, beside.filter((other) => other !== undefined).join('')] as const;
    }),
  ),
);

const SOUNDS_ALIKE = [
  ['ph', 'f'],
  ['f', 'ph'],
  ['ie', 'ei'],
  ['ei', 'ie'],
  ['ck', 'k'],
  ['c', 'k'],
  ['k', 'c'],
  ['y', 'i'],
  ['i', 'y'],
  ['z', 's'],
  ['s', 'z'],
  ['ou', 'o'],
  ['ee', 'ea'],
  ['ll', 'l'],
  ['nn', 'n'],
  ['tt', 't'],
  ['ss', 's'],
  ['n', 'nn'],
  ['l', 'll'],
  ['ay', 'ey'],
  ['er', 'or'],
] as const;

/**
 * The text with one mistake of a typist: a neighbouring key, two letters turned around, one left out, one doubled, or a spelling that
 * sounds the same; now and then two mistakes. Shares after Damerau 1964 and later studies of keyed text: single errors in nine of ten.
 *
 * Text shorter than two characters is returned as it is. The first letter is hit less often than the others.
 */
export function mistype(random: Random, text: string): string {
  const once = mistypeOnce(random, text);
  return chance(random, 0.08) ? mistypeOnce(random, once) : once;
}

function mistypeOnce(random: Random, text: string): string {
  if (text.length < 2) return text;
  const kind = below(random, 100);
  const anywhere = below(random, text.length);
  const at = anywhere === 0 && chance(random, 0.7) ? 1 + below(random, text.length - 1) : anywhere;
  const letter = text.charAt(at);
  if (kind < 28) return replaceAt(text, at, sameCase(letter, neighbour(random, letter)));
  if (kind < 50)
    return at + 1 < text.length
      ? replaceAt(text, at, text.charAt(at + 1) + letter, 2)
      : replaceAt(text, at - 1, letter + text.charAt(at - 1), 2);
  if (kind < 70) return replaceAt(text, at, '');
  if (kind < 84) return replaceAt(text, at, letter + letter);
  return soundAlike(random, text) ?? replaceAt(text, at, '');
}

/** A number with one digit wrong, or two neighbouring digits turned around; other characters stay. */
export function mistypeDigit(random: Random, digits: string): string {
  const positions = [...digits].flatMap((digit, i) => (/\d/.test(digit) ? [i] : []));
  if (positions.length < 2) return digits;
  const index = below(random, positions.length);
  const at = positions[index] ?? 0;
  const next = positions[index + 1];
  if (chance(random, 0.35) && next !== undefined) {
    return replaceAt(replaceAt(digits, at, digits.charAt(next)), next, digits.charAt(at));
  }
  const drawn = pick(random, '0123456789');
  return replaceAt(digits, at, drawn === digits.charAt(at) ? String((Number(drawn) + 1) % 10) : drawn);
}

function soundAlike(random: Random, text: string): string | undefined {
  const lower = text.toLowerCase();
  const possible = SOUNDS_ALIKE.filter(([heard]) => lower.includes(heard, 1));
  if (possible.length === 0) return undefined;
  const [heard, written] = pick(random, possible);
  const at = lower.indexOf(heard, 1);
  return replaceAt(text, at, text === text.toUpperCase() ? written.toUpperCase() : written, heard.length);
}

const neighbour = (random: Random, letter: string): string => {
  const near = NEIGHBOURS.get(letter.toLowerCase());
  return near ? pick(random, near) : pick(random, 'etaoinsr');
};

const sameCase = (like: string, letter: string): string =>
  like === like.toUpperCase() && like !== like.toLowerCase() ? letter.toUpperCase() : letter;

const replaceAt = (text: string, at: number, by: string, length = 1): string =>
  text.slice(0, at) + by + text.slice(at + length);
