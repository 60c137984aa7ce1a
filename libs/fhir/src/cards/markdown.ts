import { oneLine } from '../terminology/plain-text.js';

/** What Markdown would make something of. */
const SPECIAL = /[\\`*_{}[\]<>#|~!&:]|\bwww\./i;

/**
 * Text from a member as one line of GitHub Flavored Markdown that shows exactly that text.
 *
 * CDS clients render `detail` as Markdown (CDS Hooks 2.0, card attributes). Unescaped, a member could draw a link, an image that reports
 * who looked, a heading, or by an entity a character that reverses the line. GFM's own autolinks are broken at the colon and at "www.".
 */
export function markdownText(text: string, maxLength = 200): string {
  const line = oneLine(text, maxLength);
  if (!SPECIAL.test(line)) return line;
  return line.replace(/[\\`*_{}[\]<>#|~!&:]/g, '\\$&').replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}\\.`);
}

/** The day of a FHIR dateTime, or nothing where it is no date. */
export function day(dateTime: string | undefined): string | undefined {
  return dateTime === undefined ? undefined : /^\d{4}(?:-\d{2}){0,2}/.exec(dateTime)?.[0];
}

/** An instant to the minute, in UTC: `2026-03-01 08:00 UTC`. */
export function minute(instant: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*Z$/.test(instant))
    return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
  const time = Date.parse(instant);
  return Number.isNaN(time) ? 'unknown time' : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A list, cut with a line that says how many more there are. */
export function bullets(lines: readonly string[], most = 12): string {
  const shown = lines.slice(0, most).map((line) => `- ${line}`);
  return [...shown, ...(lines.length > most ? [`- and ${lines.length - most} more in the full answer`] : [])].join(
    '\n',
  );
}

/** A title for a summary: what stands before the bracket with the other names. */
export function shortTitle(title: string, maxLength: number): string {
  const [head = ''] = title.split(' (', 1);
  return oneLine(head === '' ? title : head, maxLength);
}
