// Control characters, the invisible marks that reorder or hide text (Unicode TR36, bidi and zero-width), and lone surrogates.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

/** Printable ASCII words with single spaces between them: nothing to do. */
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/**
 * Text from outside, made fit to stand in a sentence: one line, no invisible or reordering characters, at most `maxLength` UTF-16 units.
 *
 * A name with a right-to-left override could show "not allergic" where "allergic" is written; a line feed could forge a heading.
 */
export function oneLine(text: string, maxLength = 200): string {
  // Hostile input may be megabytes: cut before looking, generously, since folding only shortens.
  const start = text.length > maxLength * 4 ? text.slice(0, maxLength * 4) : text;
  const isPlain = PLAIN.test(start);
  const folded = isPlain ? start : start.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  if (folded.length <= maxLength) return folded;
  const end = maxLength - 1;
  const splitsPair = (folded.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return `${folded.slice(0, splitsPair ? end - 1 : end).trimEnd()}…`;
}

/** Printable ASCII and white space. */
const ASCII = /^[\t\n\r\x20-\x7e]*$/;

/**
 * Text folded for comparison: lower case, no diacritics, only letters and digits, single spaces.
 *
 * @example
 *   foldWords('Pénicilline-V (oral)'); // 'penicilline v oral'
 */
export function foldWords(text: string): string {
  const start = text.length > 512 ? text.slice(0, 512) : text;
  // Nearly every clinical name is ASCII, and Unicode normalisation is most of the cost of a merge.
  if (ASCII.test(start))
    return start
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim();
  return start
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** "a", "a and b", "a, b and c"; beyond `most` names, "a, b and 3 more". */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : [...names];
  const last = shown.pop();
  if (last === undefined) return '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
