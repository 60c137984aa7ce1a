import { column, firstRow, rowInts } from '../index/row-layout.js';
import { type RecordStore } from '../index/record-store.js';
import { type ContactRole, mostPeople, personOf } from '../search/crowded-values.js';

/**
 * Empties telephone numbers and e-mail addresses that too many different people share: a shelter, a registration desk.
 *
 * @returns how many values were emptied.
 */
export function dropCrowdedContacts(store: RecordStore): { readonly phones: number; readonly emails: number } {
  return { phones: drop(store, 'phone'), emails: drop(store, 'email') };
}

function drop({ rows, size }: RecordStore, role: ContactRole): number {
  const uses = new Map<number, number>();
  for (let row = firstRow; row < size; row++) {
    const value = rows[row * rowInts + column[role]] as number;
    if (value !== 0) uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  const people = new Map<number, Set<number>>();
  for (const [value, count] of uses) if (count > mostPeople[role]) people.set(value, new Set());
  if (people.size === 0) return 0;
  for (let row = firstRow; row < size; row++) {
    people.get(rows[row * rowInts + column[role]] as number)?.add(personOf(rows, row));
  }
  let dropped = 0;
  for (let row = firstRow; row < size; row++) {
    const at = row * rowInts + column[role];
    if ((people.get(rows[at] as number)?.size ?? 0) <= mostPeople[role]) continue;
    rows[at] = 0;
    dropped++;
  }
  return dropped;
}
