import { createHash, randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U to be misread (https://www.crockford.com/base32.html). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;
const GROUP = 5;

/** A code of 130 random bits, in groups that can be read out. */
export function newOneTimeCode(): string {
  const text = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return text.match(new RegExp(`.{1,${GROUP}}`, 'g'))?.join('-') ?? text;
}

/** What is kept of a code. It has as many random bits as a key, so a plain digest can't be guessed back. */
export function digestOfCode(typed: string): Buffer {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return createHash('sha256').update(plain).digest();
}
