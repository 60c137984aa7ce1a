import type { LedgerEntry } from '@hie/ledger-entry';

/** A legal hold as its entry tells of it. */
export interface ToldHold {
  readonly holdId: string;
  /** The patient's key. */
  readonly keyId: string;
  readonly matter: string;
  /** ISO 8601. */
  readonly placedAt: string;
}

/** What the log says was ordered of patients' keys and of cases, which tables keep beside it. */
export interface ToldOrders {
  /** Ids of keys that were destroyed. */
  readonly erased: ReadonlySet<string>;
  /** By id, those that were lifted too. */
  readonly holds: ReadonlyMap<string, ToldHold>;
  readonly lifted: ReadonlySet<string>;
  /** By case, the digest of each of its events at its place. */
  readonly cases: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

/** The actions of entries that tell of them. */
export const orderActions = [
  ...['patient.erased', 'hold.placed', 'hold.lifted'],
  ...['case.opened', 'case.assigned', 'case.commented', 'case.closed'],
] as const;

/** Gathers orders from entries, in any order and as often as they come. */
export interface OrderGathering {
  readonly orders: ToldOrders;
  add(entry: LedgerEntry): void;
}

/**
 * Begins with none. An entry whose patient was erased has no details any more, and orders nothing that could still be done; nor does one that
 * another service tells.
 */
export function gatherOrders(): OrderGathering {
  const [erased, lifted] = [new Set<string>(), new Set<string>()];
  const holds = new Map<string, ToldHold>();
  const cases = new Map<string, Map<number, string>>();

  const add = ({ service, action, at, patient, digest, details }: LedgerEntry): void => {
    if (service !== 'audit-ledger' || details === undefined) return;
    const { key, hold, matter, case: caseId, seq } = details;
    if (action === 'patient.erased' && typeof key === 'string') erased.add(key);
    if (action === 'hold.lifted' && typeof hold === 'string') lifted.add(hold);
    if (action === 'hold.placed' && typeof hold === 'string' && typeof matter === 'string' && patient !== undefined) {
      holds.set(hold, { holdId: hold, keyId: patient, matter, placedAt: at });
    }
    if (typeof caseId === 'string' && typeof seq === 'number' && digest !== undefined) {
      cases.set(caseId, (cases.get(caseId) ?? new Map<number, string>()).set(seq, digest));
    }
  };
  return { orders: { erased, lifted, holds, cases }, add };
}

/** Holds that were neither lifted nor overtaken by an erasure. @param keyId of one patient; of all unless said. */
export function standingHolds({ holds, lifted, erased }: ToldOrders, keyId?: string): readonly ToldHold[] {
  return [...holds.values()].filter(
    (hold) => !lifted.has(hold.holdId) && !erased.has(hold.keyId) && (keyId === undefined || hold.keyId === keyId),
  );
}
