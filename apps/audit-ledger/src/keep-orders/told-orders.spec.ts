import type { EntryDetails, LedgerEntry } from '@hie/ledger-entry';

import { gatherOrders, standingHolds } from './told-orders.js';

const at = '2026-11-22T10:00:00.000Z';
const told = (action: string, details: EntryDetails | undefined, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ eventId: 'e', service: 'audit-ledger', action, outcome: 'success', seals: [], sealedBy: 'audit-ledger', at },
  ...(details === undefined ? {} : { details }),
  ...more,
});
const placed = (hold: string, patient: string) => told('hold.placed', { hold, matter: '2026/0117' }, { patient });
const gathered = (entries: readonly LedgerEntry[]) => {
  const { orders, add } = gatherOrders();
  entries.forEach(add);
  return orders;
};
const standing = (entries: readonly LedgerEntry[], key?: string) =>
  standingHolds(gathered(entries), key).map(({ holdId }) => holdId);

it('keeps a hold until it is lifted, in whatever order and however often the entries are read', () => {
  const entries = [placed('h1', 'k1'), placed('h2', 'k1'), placed('h3', 'k2'), told('hold.lifted', { hold: 'h1' })];
  expect(gathered(entries).holds.get('h2')).toEqual({ holdId: 'h2', keyId: 'k1', matter: '2026/0117', placedAt: at });
  for (const read of [entries, entries.toReversed(), [...entries, ...entries]]) {
    expect(standing(read).toSorted()).toEqual(['h2', 'h3']);
    expect(standing(read, 'k1')).toEqual(['h2']);
  }
});

it('forgets a hold whose patient was erased, and takes nothing from an entry without details', () => {
  expect(standing([placed('h1', 'k1'), told('patient.erased', { key: 'k1', matter: 'REQ-9' })])).toEqual([]);
  const orders = gathered([told('hold.placed', undefined, { patient: 'k1' }), told('patient.erased', undefined)]);
  expect([orders.holds.size, orders.erased.size]).toEqual([0, 0]);
});

it('keeps the digest of each event of a case at its place', () => {
  const { cases } = gathered([
    told('case.opened', { case: 'c1', seq: 0, reason: 'reported' }, { digest: 'd0' }),
    told('case.commented', { case: 'c1', seq: 1 }, { digest: 'd1' }),
    told('case.closed', { case: 'c2', seq: 4, result: 'justified' }, { digest: 'd4' }),
    told('case.read', { case: 'c2' }),
  ]);
  expect(cases).toEqual(
    new Map([
      [
        'c1',
        new Map([
          [0, 'd0'],
          [1, 'd1'],
        ]),
      ],
      ['c2', new Map([[4, 'd4']])],
    ]),
  );
});

it('takes no orders from another service', () => {
  const forged = told('patient.erased', { key: 'k1' }, { service: 'gateway', sealedBy: 'gateway' });
  expect(gathered([forged]).erased.size).toBe(0);
});
