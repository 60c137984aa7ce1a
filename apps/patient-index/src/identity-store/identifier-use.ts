import { type PatientRecord, normaliseRecord } from '@hie/matching-engine';

/**
 * An identifier that more different people have than this proves nothing: it is a placeholder, or a number of a family. Different is who
 * differs in surname or date of birth, as for crowded telephones in the engine. One person's records differ too, by marriage and typing errors.
 */
const MOST_PEOPLE = 3;
/** The engine keeps social security numbers of which only the last four digits are known apart, above any whole one. */
const LARGEST_WHOLE = 999_999_999;

/** How many different people have an identifier, over all records of the index. */
export class IdentifierUse {
  private readonly peopleOf = new Map<string, Map<string, number>>();

  /** Counts a record's identifiers in, or out again. */
  count({ keys, person }: IdentifierReading, by: 1 | -1): void {
    for (const key of keys) this.add(key, person, by);
  }

  /** The record without the identifiers that too many different people have; its other fields speak for themselves. */
  withoutCrowded(record: PatientRecord): PatientRecord {
    const { nationalIds = [], identifiers = [] } = record;
    if (nationalIds.length + identifiers.length === 0) return record;
    const isTelling = (part: PatientRecord): boolean => readingOf(part).keys.every((key) => !this.isCrowded(key));
    return {
      ...record,
      nationalIds: nationalIds.filter((id) => isTelling({ nationalIds: [id] })),
      identifiers: identifiers.filter((id) => isTelling({ identifiers: [id] })),
    };
  }

  private isCrowded(key: string): boolean {
    return (this.peopleOf.get(key)?.size ?? 0) > MOST_PEOPLE;
  }

  private add(key: string, person: string, by: 1 | -1): void {
    const people = this.peopleOf.get(key) ?? new Map<string, number>();
    const count = (people.get(person) ?? 0) + by;
    if (count > 0) people.set(person, count);
    else people.delete(person);
    if (people.size > 0) this.peopleOf.set(key, people);
    else this.peopleOf.delete(key);
  }
}

/** A record's identifiers as the engine compares them, and who has them. */
export interface IdentifierReading {
  readonly keys: readonly string[];
  readonly person: string;
}

/** Reads a record's identifiers. Four digits alone are many people's by their nature. */
export function readingOf(record: PatientRecord): IdentifierReading {
  const { names, birthDates, nationalIds, identifiers } = normaliseRecord(record);
  const whole = nationalIds.filter((id) => id <= LARGEST_WHOLE);
  return {
    keys: [...new Set([...whole.map(String), ...identifiers.map(({ system, value }) => `${system}|${value}`)])],
    person: JSON.stringify([names[0]?.family, birthDates[0]]),
  };
}
