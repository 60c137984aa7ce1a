export interface IdentifierToken {
  /** `undefined`: any system. `''`: none. */
  readonly system: string | undefined;
  /** `''`: any value of the system. */
  readonly value: string;
}

/**
 * Reads a token search value (https://hl7.org/fhir/R4/search.html#token): `system|value`, `system|`, `|value` or `value`, with `\|`, `\,`,
 * `\$` and `\\` unescaped.
 *
 * @returns `undefined` for an empty token, or one with two bare bars
 */
export function readIdentifierToken(text: string): IdentifierToken | undefined {
  const parts = splitAtBars(text);
  const [first = '', second] = parts;
  if (parts.length > 2 || (first === '' && (second ?? '') === '')) return undefined;
  return second === undefined ? { system: undefined, value: first } : { system: first, value: second };
}

/** Splits a parameter at its commas (OR), leaving escapes in the parts. */
export function splitOr(text: string): string[] {
  return text.match(/(?:\\.|[^,\\])+/gs) ?? [];
}

function splitAtBars(text: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\' && at + 1 < text.length) {
      at += 1;
      parts[parts.length - 1] += text[at] ?? '';
    } else if (char === '|') parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}
