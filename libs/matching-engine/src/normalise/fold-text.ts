import { memoise } from '../text/memoise.js';

/** Letters that Unicode decomposition leaves whole, and the Greek and Cyrillic alphabets (ISO 9 and ISO 843, simplified to a–z). */
const transliterations: Readonly<Record<string, string>> = {
  ...{
    ß: 'ss',
    æ: 'ae',
    œ: 'oe',
    ø: 'o',
    đ: 'd',
    ð: 'd',
    þ: 'th',
    ł: 'l',
    ı: 'i',
    ħ: 'h',
    ŋ: 'ng',
    ŧ: 't',
    ə: 'a',
    ɓ: 'b',
    ɗ: 'd',
    ƙ: 'k',
  },
  ...{
    α: 'a',
    β: 'v',
    γ: 'g',
    δ: 'd',
    ε: 'e',
    ζ: 'z',
    η: 'i',
    θ: 'th',
    ι: 'i',
    κ: 'k',
    λ: 'l',
    μ: 'm',
    ν: 'n',
    ξ: 'x',
    ο: 'o',
    π: 'p',
  },
  ...{ ρ: 'r', σ: 's', ς: 's', τ: 't', υ: 'y', φ: 'f', χ: 'ch', ψ: 'ps', ω: 'o' },
  ...{
    а: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    д: 'd',
    е: 'e',
    ж: 'zh',
    з: 'z',
    и: 'i',
    к: 'k',
    л: 'l',
    м: 'm',
    н: 'n',
    о: 'o',
    п: 'p',
    р: 'r',
  },
  ...{
    с: 's',
    т: 't',
    у: 'u',
    ф: 'f',
    х: 'kh',
    ц: 'ts',
    ч: 'ch',
    ш: 'sh',
    щ: 'shch',
    ъ: '',
    ы: 'y',
    ь: '',
    э: 'e',
    ю: 'yu',
    я: 'ya',
  },
  ...{ і: 'i', ї: 'i', є: 'ye', ґ: 'g', ј: 'j', љ: 'lj', њ: 'nj', ћ: 'c', ђ: 'd', џ: 'dz', ў: 'u' },
};

/**
 * Folds a text for comparison: compatibility decomposition (Unicode NFKD) without its marks, lower case, and Latin letters for
 * Greek, Cyrillic and the letters that do not decompose (ß, ø, ł, …). Apostrophes and dots vanish (`O'Neil` → `oneil`), every
 * other run of characters that are neither letters nor digits becomes one space. Other scripts are kept as they are: they compare
 * among themselves.
 *
 * Idempotent, and the same for composed and decomposed input.
 */
export function foldText(text: string): string {
  return /^[a-z]*$/.test(text) ? text : fold(text);
}

/** The same, without remembering: for text that hardly ever comes twice, which would only push names out of the memory. */
export function foldOnce(text: string): string {
  const isAscii = !/[^\u0020-\u007e]/.test(text);
  const latin = isAscii ? text.toLowerCase() : transliterate(stripMarks(text));
  const joined = latin.replace(/['’‘ʻʼ`´.]+/g, '');
  return isAscii ? joined.replace(/[^a-z0-9]+/g, ' ').trim() : joined.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

const fold = memoise(foldOnce);

function stripMarks(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

function transliterate(text: string): string {
  let out = '';
  for (const letter of text) out += transliterations[letter] ?? letter;
  return stripMarks(out);
}
