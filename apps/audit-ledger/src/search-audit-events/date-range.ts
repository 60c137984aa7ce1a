// HL7 FHIR R4, 3.1.1.5.6 date search: https://hl7.org/fhir/R4/search.html#date

/** Moments from `fromMs` on and before `beforeMs`, ms since the epoch. */
export interface DateRange {
  readonly fromMs: number;
  readonly beforeMs: number;
}

const FORM =
  /^(eq|ge|gt|le|lt)?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d))?)?)?$/;
const MINUTE_MS = 60_000;

/**
 * Reads a search value such as `ge2026-01-02T10:00Z`. A value stands for the whole of what it names, a day for 24 hours; without a zone it
 * is in UTC. A time needs a zone, as FHIR's dateTime does.
 *
 * @returns `undefined` for what can't be read, for a day that no calendar has, and for the prefixes that are not served (`ne`, `sa`, `eb`, `ap`).
 */
export function readDateRange(text: string): DateRange | undefined {
  const parts = FORM.exec(text);
  if (parts === null) return undefined;
  const span = spanOf(parts.slice(2));
  if (span === undefined) return undefined;
  const { fromMs, beforeMs } = span;
  switch (parts[1] ?? 'eq') {
    case 'ge':
      return { fromMs, beforeMs: Infinity };
    case 'gt':
      return { fromMs: beforeMs, beforeMs: Infinity };
    case 'le':
      return { fromMs: -Infinity, beforeMs };
    case 'lt':
      return { fromMs: -Infinity, beforeMs: fromMs };
    default:
      return span;
  }
}

function spanOf(parts: readonly (string | undefined)[]): DateRange | undefined {
  const [year = '', month, day, hour, minute, second, fraction, zone] = parts;
  const [y, mo, d, h, mi, s] = [year, month ?? '1', day ?? '1', hour ?? '0', minute ?? '0', second ?? '0'].map(
    Number,
  ) as [...[number, number, number, number, number, number]];
  if (mo < 1 || mo > 12 || h > 23 || mi > 59 || s > 59) return undefined;
  const local = Date.UTC(y, mo - 1, d, h, mi, s);
  if (new Date(local).getUTCDate() !== d) return undefined;
  const offsetMs = offsetOf(zone ?? 'Z');
  if (month === undefined) return { fromMs: local, beforeMs: Date.UTC(y + 1, 0, 1) };
  if (day === undefined) return { fromMs: local, beforeMs: Date.UTC(y, mo, 1) };
  if (hour === undefined) return { fromMs: local, beforeMs: Date.UTC(y, mo - 1, d + 1) };
  const fromMs = local - offsetMs + Math.floor(Number(`0.${fraction ?? '0'}`) * 1000);
  const lengthMs = second === undefined ? MINUTE_MS : fraction === undefined ? 1000 : 1;
  return { fromMs, beforeMs: fromMs + lengthMs };
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}
