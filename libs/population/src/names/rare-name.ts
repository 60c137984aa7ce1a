import { type Random, below, between } from '../random/random.js';
import { type Weighted } from '../random/weighted.js';

const VOWELS = new Set('aeiouyáéíóú');
const isVowel = (letter: string | undefined): boolean => letter !== undefined && VOWELS.has(letter);

/** Places where a name can be cut before a consonant that is followed by a vowel: Washing·ton, Ja·mal. */
function cuts(name: string): number[] {
  const lower = name.toLowerCase();
  const found: number[] = [];
  for (let i = 2; i < lower.length - 2; i += 1) {
    if (!isVowel(lower[i]) && isVowel(lower[i + 1]) && isVowel(lower[i - 1])) found.push(i);
  }
  return found;
}

/**
 * A name that no table holds: the head of one listed name and the tail of another.
 *
 * Frequency tables end (12,000 surnames cover three quarters of the people); the missing tail is where a rare name identifies, so a
 * population without it would flatter every matcher that weighs by frequency. Uniform over the table, not by frequency, so that the
 * tail does not look like Smithson and Johnith.
 */
export function rareName(random: Random, { items }: Weighted<string>): string {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const head = items[below(random, items.length)] ?? '';
    const tail = items[below(random, items.length)] ?? '';
    const headCuts = cuts(head);
    const tailCuts = cuts(tail);
    const from = tailCuts[below(random, tailCuts.length || 1)];
    const to = headCuts[between(random, 0, Math.max(0, headCuts.length - 1))];
    if (from === undefined || to === undefined) continue;
    const name = head.slice(0, to) + tail.slice(from).toLowerCase();
    if (name.length >= 4 && name.length <= 13 && !/(.)\1\1/.test(name)) return name;
  }
  return items[below(random, items.length)] ?? '';
}
