import type { ActionAndOutcome } from '@hie/ledger-report';

import { type KeyPeriod, isOwn } from '../follow-merges/person-standings.js';
import type { DateRange } from './date-range.js';

/** Columns of the projection that one search value is compared with. */
export const matchedColumns = [
  'event_id',
  'txn',
  'patient',
  'service',
  'member',
  'client',
  'user_id',
  'address',
  'purpose',
  'outcome',
] as const;

export type MatchedColumn = (typeof matchedColumns)[number];

/** One parameter: any of its values satisfies it. */
export type Criterion =
  | { readonly kind: 'equals'; readonly anyOf: readonly { readonly column: MatchedColumn; readonly value: string }[] }
  | { readonly kind: 'actions'; readonly anyOf: readonly ActionAndOutcome[] }
  | { readonly kind: 'date'; readonly anyOf: readonly DateRange[] }
  /** A patient, merges followed: entries under any of these keys, of another's only those of the time. */
  | { readonly kind: 'patient'; readonly anyOf: readonly KeyPeriod[] }
  /** The Consent version that was decided by; it stands in the sealed details, so rows are opened to find it. */
  | { readonly kind: 'consent'; readonly anyOf: readonly string[] };

/** All of them hold. */
export type EntryCriteria = readonly Criterion[];

export interface EntryStatement {
  readonly text: string;
  readonly values: unknown[];
}

/** Rows of a page, newest first: those with an index below `beforeIndex` that satisfy every criterion a column can decide. */
export function entryStatement(
  columns: string,
  criteria: EntryCriteria,
  beforeIndex: number,
  limit: number,
): EntryStatement {
  const values: unknown[] = [beforeIndex, limit];
  const bind = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions = criteria.flatMap((criterion) => {
    const condition = conditionOf(criterion, bind);
    return condition === undefined ? [] : [`and (${condition})`];
  });
  return {
    text: `select ${columns} from entry
           where index < $1 ${conditions.join(' ')} order by index desc limit $2`,
    values,
  };
}

type Bind = (value: unknown, type: string) => string;

function conditionOf(criterion: Criterion, bind: Bind): string | undefined {
  switch (criterion.kind) {
    case 'equals':
      return equalsOf(criterion.anyOf, bind);
    case 'actions':
      return actionsOf(criterion.anyOf, bind);
    case 'date':
      return criterion.anyOf.map((range) => dateOf(range, bind)).join(' or ');
    case 'patient':
      return patientOf(criterion.anyOf, bind);
    case 'consent':
      return undefined;
  }
}

/** What is found by an index of its own: to add a column would write the whole table anew. */
const expressions: Partial<Record<MatchedColumn, string>> = { address: `(head -> 'requester' ->> 'address')` };
const columnTypes: Partial<Record<MatchedColumn, string>> = { event_id: 'uuid', txn: 'uuid', patient: 'uuid' };

function equalsOf(anyOf: Extract<Criterion, { kind: 'equals' }>['anyOf'], bind: Bind): string {
  const byColumn = Map.groupBy(anyOf, ({ column }) => column);
  const each = [...byColumn].map(([column, matches]) => {
    const wanted = matches.map(({ value }) => value);
    return `${expressions[column] ?? column} = any(${bind(wanted, `${columnTypes[column] ?? 'text'}[]`)})`;
  });
  // A value that nothing can equal (a patient of whom there is no entry) is a criterion that no row satisfies.
  return each.length === 0 ? 'false' : each.join(' or ');
}

function patientOf(periods: readonly KeyPeriod[], bind: Bind): string {
  const own = bind(
    periods.filter(isOwn).map(({ keyId }) => keyId),
    'uuid[]',
  );
  const shared = periods.flatMap(({ keyId, since, until }) =>
    since === undefined || until === undefined
      ? []
      : [
          `patient = ${bind(keyId, 'uuid')} and at >= ${bind(since, 'timestamptz')} and at <= ${bind(until, 'timestamptz')}`,
        ],
  );
  return [`patient = any(${own})`, ...shared].join(' or ');
}

function actionsOf(anyOf: readonly ActionAndOutcome[], bind: Bind): string {
  const actions = bind(
    anyOf.map(({ action }) => action),
    'text[]',
  );
  const outcomes = bind(
    anyOf.map(({ outcome }) => outcome),
    'text[]',
  );
  return `action = any(${actions}) and (action, outcome) in (select * from unnest(${actions}, ${outcomes}))`;
}

function dateOf({ fromMs, beforeMs }: DateRange, bind: Bind): string {
  const bounds = [
    ...(fromMs === -Infinity ? [] : [`at >= ${bind(new Date(fromMs), 'timestamptz')}`]),
    ...(beforeMs === Infinity ? [] : [`at < ${bind(new Date(beforeMs), 'timestamptz')}`]),
  ];
  return `(${bounds.join(' and ')})`;
}
