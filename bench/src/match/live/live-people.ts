import {
  type AnyRecord,
  type Candidate,
  decidePersonLink,
  type MatchIndex,
  normaliseRecord,
  personEvidence,
  personProbability,
} from '@hie/matching-engine';

/** How a record that is fed stands to one person that is known. */
export interface LiveMatch {
  readonly person: number;
  readonly verdict: 'link' | 'review' | 'apart';
  readonly probability: number;
}

export interface LiveDecision {
  readonly kind: 'link' | 'review' | 'new';
  /** Most probable first. */
  readonly matches: readonly LiveMatch[];
  readonly complete: boolean;
}

/**
 * The people that a live exchange knows: the match index, and whose each row is. The least that linking needs beside the engine, as
 * `apps/patient-index` has it with events and traits.
 */
export interface LivePeople {
  /** Rows of each person. */
  readonly rowsOf: readonly (readonly number[])[];
  /** What the engine says of a record: link it to the first of `matches`, ask a person, or a new person. */
  decide(record: AnyRecord): LiveDecision;
  /** Enters a record, as a person's or a new one's; returns whose it is then. */
  enter(record: AnyRecord, person?: number): number;
}

export function livePeople(index: MatchIndex): LivePeople {
  const personOf: number[] = [];
  const rowsOf: number[][] = [];
  const rowsOfPerson = (person: number): number[] => rowsOf[person] ?? [];

  /** Of a person that any record speaks for, every other record is compared too. */
  const matchOf = (record: AnyRecord, person: number, found: readonly Candidate[]): LiveMatch => {
    const rows = rowsOfPerson(person);
    const heard = new Set(found.map(({ row }) => row));
    const others = rows.filter((row) => !heard.has(row));
    const rest = others.length === 0 ? [] : index.search(record, { rows: others, limit: others.length }).candidates;
    const evidence = personEvidence([...found, ...rest], rows.length);
    return { person, verdict: decidePersonLink(evidence), probability: personProbability(evidence) };
  };

  return {
    rowsOf,
    decide: (given) => {
      const record = normaliseRecord(given);
      const { candidates, complete } = index.search(record);
      const byPerson = Map.groupBy(candidates, ({ row }) => personOf[row] ?? -1);
      const matches = [...byPerson]
        .map(([person, found]) => matchOf(record, person, found))
        .sort((a, b) => b.probability - a.probability);
      const [only, ...rivals] = matches.filter(({ verdict }) => verdict !== 'apart');
      const isReview = !complete || rivals.length > 0 || only?.verdict === 'review';
      return { kind: isReview ? 'review' : only === undefined ? 'new' : 'link', matches, complete };
    },
    enter: (record, person = rowsOf.length) => {
      const row = index.insert(record);
      personOf[row] = person;
      if (person === rowsOf.length) rowsOf.push([row]);
      else rowsOfPerson(person).push(row);
      return person;
    },
  };
}
