/** An interval of time in milliseconds, start included, end excluded. FHIR dates are intervals: 2024 is the whole year. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

const FORM =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const DAY_MS = 86_400_000;

/** The interval a FHIR date, dateTime or instant stands for (UTC where it names no zone); undefined when it is none. */
export function timeRangeOf(text: string): TimeRange | undefined {
  const [, year, month, date, hour, , second, , zone] = FORM.exec(text) ?? [];
  if (year === undefined) return undefined;
  if (month === undefined) return { start: Date.UTC(Number(year), 0, 1), end: Date.UTC(Number(year) + 1, 0, 1) };
  const monthStart = Date.UTC(Number(year), Number(month) - 1, 1);
  const monthEnd = Date.UTC(Number(year), Number(month), 1);
  if (Number(month) < 1 || Number(month) > 12) return undefined;
  if (date === undefined) return { start: monthStart, end: monthEnd };
  const dayStart = monthStart + (Number(date) - 1) * DAY_MS;
  if (Number(date) < 1 || dayStart >= monthEnd) return undefined;
  if (hour === undefined) return { start: dayStart, end: dayStart + DAY_MS };
  const start = Date.parse(zone === undefined ? `${text}Z` : text);
  if (Number.isNaN(start)) return undefined;
  return { start, end: start + (second === undefined ? 60_000 : 1_000) };
}

/** The prefixes of ordered search (FHIR R4, Search, 3.1.1.4.5). `ap` is taken as overlap. */
export type DatePrefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** Whether a resource's interval satisfies a searched one under a prefix. */
export function satisfies(prefix: DatePrefix, resource: TimeRange, searched: TimeRange): boolean {
  const within = resource.start >= searched.start && resource.end <= searched.end;
  switch (prefix) {
    case 'eq':
      return within;
    case 'ne':
      return !within;
    case 'gt':
      return resource.end > searched.end;
    case 'lt':
      return resource.start < searched.start;
    case 'ge':
      return resource.end > searched.end || within;
    case 'le':
      return resource.start < searched.start || within;
    case 'sa':
      return resource.start >= searched.end;
    case 'eb':
      return resource.end <= searched.start;
    case 'ap':
      return resource.start < searched.end && resource.end > searched.start;
  }
}
