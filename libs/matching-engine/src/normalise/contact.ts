/** Every digit the same, or a run up or down: what people type when a form insists. */
function isKeyboardFiller(digits: string): boolean {
  return /^(\d)\1+$/.test(digits) || '01234567890123'.includes(digits) || '98765432109876'.includes(digits);
}

/**
 * A telephone number as its last nine digits, 0 when missing. Nine, because country codes and trunk zeros come and go
 * (`+27 82 123 4567` and `082 123 4567` agree); a local number of seven digits stays below 10⁷ and is compared as such.
 * Fillers (repeated digits, 555-1212, 555-0100 to 0199) are missing.
 */
export function parsePhone(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const digits = text
    .replace(/(?:ext|x)\.? ?\d+$/i, '')
    .replace(/\D/g, '')
    .replace(/^(?:00|011)/, '')
    .replace(/^1(?=\d{10}$)/, '');
  if (digits.length < 7 || digits.length > 15) return 0;
  const core = digits.slice(-9);
  if (isKeyboardFiller(digits) || isKeyboardFiller(core) || isKeyboardFiller(digits.slice(-7))) return 0;
  if (/^(?:\d{3})?5551212$|55501\d\d$/.test(digits)) return 0;
  return Number(core);
}

/** An e-mail address in lower case without a `+tag`, or empty when it is missing, malformed or a filler. */
export function parseEmail(text: string | undefined): string {
  if (text === undefined || text === '') return '';
  const address = text
    .trim()
    .toLowerCase()
    .replace(/^mailto:/, '');
  const parts = /^([^@\s]{1,64}?)(?:\+[^@]*)?@([^@\s]+\.[^@\s]+)$/.exec(address);
  if (parts === null) return '';
  const [, local = '', domain = ''] = parts;
  if (
    /^(?:none|na|noemail|no|unknown|test|declined|refused|noreply|null|x+)$/.test(local) ||
    /^(?:none|example|test|email)\./.test(domain)
  )
    return '';
  return `${local}@${domain}`;
}

/** The digits of a text, those of other scripts and widths among them. */
function digitsOf(text: string): string {
  return /^\d+$/.test(text) ? text : text.normalize('NFKD').replace(/\D/g, '');
}

/** Added to a number of which only the last four digits are known, so that both kinds share one integer. */
export const lastFourOffset = 2_000_000_000;

/**
 * A national identifier (a US Social Security number, or any other of at most nine significant digits) as a number, 0 when missing;
 * four digits alone are kept apart by `lastFourOffset`. Fillers (0000, 1234, 9999, 123-45-6789, repeated digits) are missing.
 */
export function parseNationalId(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const digits = digitsOf(text);
  if (digits.length < 4 || isKeyboardFiller(digits)) return 0;
  if (digits.length === 4) return lastFourOffset + Number(digits);
  if (digits.length === 9 && (/^(?:000|666)/.test(digits) || digits.slice(3, 5) === '00' || digits.endsWith('0000')))
    return 0;
  return Number(digits.slice(-9));
}
