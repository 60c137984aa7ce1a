/** Text that is markup already: what `html` has made, and nothing else. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | readonly Markup[] | string | number | undefined;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup whose every value is escaped, in text and in quoted attributes alike. */
export const html = (pieces: TemplateStringsArray, ...values: readonly Part[]): Markup =>
  new Markup(pieces.map((piece, at) => piece + textOf(values[at])).join(''));

function textOf(value: Part): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map((each: Markup) => each.text).join('');
  return String(value).replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? '');
}
