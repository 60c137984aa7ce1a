/**
 * How a name sounds, folded hard: what spellings of one sound share. A rule table over folded Latin text in the manner of Metaphone
 * (Philips 1990), widened beyond English: `ph/f/v`, `c/k/q/g`, `s/z/x/ts`, `d/t/th`, `b/p`, `m/n` before consonants, `y/i/j`, `w/v`
 * fall together, vowels after the first letter and doubled letters vanish, an initial vowel becomes one sign.
 */
export function phoneticForm(name: string): string {
  let text = name.replace(/ /g, '');
  for (const [pattern, by] of rules) text = text.replace(pattern, by);
  return text.slice(0, 8);
}

const rules: readonly (readonly [RegExp, string])[] = [
  [/^[kgp](?=n)|^w(?=r)|^p(?=s)/, ''],
  [/^x/, 's'],
  [/mb$/, 'm'],
  [/sch|sh|ch|cz|tch|tsch/g, 'x'],
  [/ph/g, 'f'],
  [/gh(?=[aeiou])/g, 'g'],
  [/gh|h/g, ''],
  [/ck|cq|[cq](?![eiy])/g, 'k'],
  [/c(?=[eiy])|ts|z/g, 's'],
  [/dj|dzh|zh|g(?=[ei])/g, 'j'],
  [/j|y/g, 'i'],
  [/w/g, 'v'],
  [/d/g, 't'],
  [/b/g, 'p'],
  [/g/g, 'k'],
  [/v/g, 'f'],
  [/^[aeiou]+/, 'a'],
  [/(?!^)[aeiou]/g, ''],
  [/(.)\1+/g, '$1'],
];

/** A hash of the phonetic form in 1 … 2³²−1, 0 when nothing Latin is left of the name. */
export function soundCode(name: string): number {
  const form = phoneticForm(name);
  if (!/^[a-z]{2,}$/.test(form)) return 0;
  let hash = 0x9e3779b1;
  for (let i = 0; i < form.length; i++) hash = Math.imul(hash ^ form.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}
