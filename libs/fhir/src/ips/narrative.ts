import type { Narrative } from '@medplum/fhirtypes';

import { oneLine } from '../terminology/plain-text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as text in XHTML: one line, nothing invisible, nothing that is markup. */
export function escaped(text: string, maxLength = 300): string {
  return oneLine(text, maxLength).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}

/** A generated narrative (https://hl7.org/fhir/R4/narrative.html). `blocks` are XHTML made by this file, texts in them `escaped`. */
export function narrative(blocks: readonly string[]): Narrative {
  return {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">${blocks.join('')}</div>`,
  };
}

export function paragraph(text: string): string {
  return `<p>${escaped(text, 1000)}</p>`;
}

/** A table, cut with a line that says how many rows there are more. Anchors are not made: they can't be resolved in a document. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], most = 200): string {
  if (rows.length === 0) return '';
  const cells = (tag: string, values: readonly string[]): string =>
    values.map((value) => `<${tag}>${escaped(value)}</${tag}>`).join('');
  const body = rows
    .slice(0, most)
    .map((row) => `<tr>${cells('td', row)}</tr>`)
    .join('');
  const rest = rows.length > most ? paragraph(`And ${rows.length - most} more, in the entries of this section.`) : '';
  return `<table><thead><tr>${cells('th', heads)}</tr></thead><tbody>${body}</tbody></table>${rest}`;
}
