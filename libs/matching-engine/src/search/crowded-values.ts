import { addKey, addPhoneKey, createKeyList } from '../index/key-parts.js';
import { rule } from '../index/key-rules.js';
import { blockLength, type Postings, walkBlock } from '../index/postings.js';
import { type RecordStore } from '../index/record-store.js';
import { column, rowInts } from '../index/row-layout.js';

export const contactRoles = ['phone', 'email'] as const;
export type ContactRole = (typeof contactRoles)[number];

/** A telephone or e-mail of more different people than this (surname and date of birth) is an institution's, and says nothing. */
export const mostPeople: Readonly<Record<ContactRole, number>> = { phone: 24, email: 12 };

/** Who a row is of, as far as it matters to how many different people share a value. */
export const personOf = (rows: Int32Array, row: number): number =>
  (rows[row * rowInts + column.family] as number) * 4_194_304 + (rows[row * rowInts + column.birthDate] as number);

/** Entries of a block that are read to find more than `mostPeople` people in it: of a shelter's thousands the newest do. */
const mostEntries = 400;

const keys = createKeyList();

/**
 * Whether too many different people of an index have a telephone number or e-mail address: a shelter's, a registration desk's. It is
 * then left out of the search, as `dropCrowdedContacts` empties it in a batch: it is no evidence, and its block, however long, need not
 * be read. Read from the block itself, so it holds from the record on that crowds it.
 */
export function isCrowded({ rows }: RecordStore, postings: Postings, role: ContactRole, value: number): boolean {
  keys.count = 0;
  if (role === 'phone') addPhoneKey(keys, value);
  else addKey(keys, rule.email, value);
  const hash = keys.hashes[0] as number;
  if (keys.count === 0 || blockLength(postings, hash) <= mostPeople[role]) return false;
  const people = new Set<number>();
  walkBlock(postings, hash, mostEntries, (row) => {
    if (rows[row * rowInts + column[role]] === value) people.add(personOf(rows, row));
  });
  return people.size > mostPeople[role];
}
