// 45 CFR 164.528(b)(2), content of the accounting: https://www.ecfr.gov/current/title-45/section-164.528
import { type AccountingStanding, accountingStanding } from './accounting-standing.js';
import {
  type EntryPlace,
  type EntryRequester,
  type RecordedEntry,
  comparePlaces,
  listDetail,
  textDetail,
} from './recorded-entry.js';

/** An opened entry with its place in the log. */
export interface PlacedEntry {
  readonly place: EntryPlace;
  readonly entry: RecordedEntry;
}

/** One line of an accounting: what one requester was given of a patient in one transaction. */
export interface Disclosure {
  /** When the first part was given, ISO 8601. */
  readonly date: string;
  /** When the last part was; the same where there was one. */
  readonly until: string;
  readonly txn?: string;
  /** The entity that received, by its name where whoever accounts knows it, its system, and the person where one is named. */
  readonly recipient: Omit<EntryRequester, 'address'> & { readonly name?: string };
  /**
   * Kinds of record that were given; where the answer's entry does not say, those that were asked for, and so the most that was. Empty where
   * that is not known (any more), and where nothing was found.
   */
  readonly kinds: readonly string[];
  /** How many of each kind, over all members; absent where the answer's entry does not say. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Members that were asked for what they hold, by their ids; by their names too, in the same order, where whoever accounts knows them. */
  readonly sources: readonly string[];
  readonly sourceNames?: readonly string[];
  /** v3-ActReason. */
  readonly purpose?: string;
  /** The rule that permitted it, and the Consent version it rests on, where it rests on one. */
  readonly rule?: string;
  readonly consentVersion?: string;
  readonly standing: AccountingStanding;
  /** The entries that say so, by which anybody can ask the log for their proofs. */
  readonly entries: readonly EntryPlace[];
  /** Told under the id of another person, for whom the patient was taken at the time; the answer held the records of both. */
  readonly isWhileMerged: boolean;
  /** Whether some of this could not be opened, because the patient's key was destroyed. */
  readonly isPartlyDestroyed: boolean;
}

/** What disclosing is, in the ledger's words. */
export const DISCLOSING = { action: 'answer.assembled', outcome: 'success' } as const;

/** Whether an entry is of a disclosure. It is made before the data leaves: an answer that nobody came for counts as disclosed. */
export const isDisclosure = ({ action, outcome }: Pick<RecordedEntry, 'action' | 'outcome'>): boolean =>
  action === DISCLOSING.action && outcome === DISCLOSING.outcome;

/**
 * The disclosures of one patient, oldest first: one line for each transaction, however many stages its answer had (164.528(b)(3) lets several
 * disclosures to one recipient for one purpose be told together).
 *
 * @param entries of the patient's disclosures, with the other entries of their transactions: the question says what was asked for, the decision
 *   by which rule and Consent. In any order.
 * @param own ids of the patient's own keys, where some of the entries lie under another's; all are the patient's own unless said.
 */
export function accountDisclosures(entries: readonly PlacedEntry[], own?: ReadonlySet<string>): readonly Disclosure[] {
  const byTransaction = Map.groupBy(entries, ({ entry }) => entry.txn ?? entry.eventId);
  return [...byTransaction.values()]
    .flatMap((transaction) => {
      const told = transaction.toSorted((a, b) => comparePlaces(a.place, b.place));
      const disclosed = told.filter(({ entry }) => isDisclosure(entry));
      const [first] = disclosed;
      if (first === undefined) return [];
      const isWhileMerged =
        own !== undefined && disclosed.some(({ entry }) => entry.patient !== undefined && !own.has(entry.patient));
      return [{ ...disclosureOf(first.entry, disclosed, told), isWhileMerged }];
    })
    .sort((a, b) => Date.parse(a.date) - Date.parse(b.date) || (a.entries[0]?.index ?? 0) - (b.entries[0]?.index ?? 0));
}

function disclosureOf(
  first: RecordedEntry,
  disclosed: readonly PlacedEntry[],
  told: readonly PlacedEntry[],
): Omit<Disclosure, 'isWhileMerged'> {
  const times = disclosed.map(({ entry }) => entry.at).toSorted((a, b) => Date.parse(a) - Date.parse(b));
  const asked = told.find(({ entry }) => entry.action === 'query.requested')?.entry;
  const decided = told.find(({ entry }) => entry.action === 'disclosure.decided')?.entry;
  const consentVersion = decided === undefined ? undefined : textDetail(decided, 'consentVersion');
  const counts = givenBy(disclosed);
  const rule = first.reason ?? decided?.reason;
  const { txn, purpose } = first;
  const { address: _notTold, ...recipient } = first.requester ?? {};
  return {
    date: times[0] ?? first.at,
    until: times.at(-1) ?? first.at,
    ...(txn === undefined ? {} : { txn }),
    recipient,
    kinds: counts === undefined ? (asked === undefined ? [] : listDetail(asked, 'kinds')) : Object.keys(counts),
    ...(counts === undefined ? {} : { counts }),
    sources: [...new Set(disclosed.flatMap(({ entry }) => listDetail(entry, 'members')))].sort(),
    ...(purpose === undefined ? {} : { purpose }),
    ...(rule === undefined ? {} : { rule }),
    ...(consentVersion === undefined ? {} : { consentVersion }),
    standing: accountingStanding(purpose),
    entries: disclosed.map(({ place }) => place),
    isPartlyDestroyed: told.some(({ entry }) => entry.details === undefined),
  };
}

/** What the answers of a transaction held, `Condition=4`: a later stage holds what the earlier did. `undefined` where none says. */
function givenBy(disclosed: readonly PlacedEntry[]): Readonly<Record<string, number>> | undefined {
  const told = disclosed.filter(({ entry }) => Array.isArray(entry.details?.['given']));
  if (told.length === 0) return undefined;
  const most = new Map<string, number>();
  for (const given of told.flatMap(({ entry }) => listDetail(entry, 'given'))) {
    const [kind = '', count] = given.split('=');
    most.set(kind, Math.max(most.get(kind) ?? 0, Number(count)));
  }
  return Object.fromEntries([...most].sort(([a], [b]) => (a < b ? -1 : 1)));
}
