import { normaliseName } from '@hie/matching-engine';

import { type StoredRecord, storedMatchRecord } from './stored-record.js';

/** What of a record makes the machine hold back: one bit each, so that ten million records keep one small number. */
export const trait = {
  /** A stand-in for somebody whose name is not known (John Doe, `temp` and `anonymous` names): reconciled by a person, never by the machine. */
  temporary: 1,
  /** A child that has no given name yet ("Baby Boy"). */
  newborn: 2,
  deceased: 4,
} as const;

export type TraitName = keyof typeof trait;

/** The traits of a record as a sum of bits. */
export function traitsOf(record: StoredRecord): number {
  const { given, family, newborn } = normaliseName(storedMatchRecord(record).names?.[0] ?? {});
  const isNameless = given === '' && family === '' && !newborn;
  return (
    (record.temporary === true || isNameless ? trait.temporary : 0) |
    (newborn ? trait.newborn : 0) |
    (record.deceased === true ? trait.deceased : 0)
  );
}

export const hasTrait = (traits: number, name: TraitName): boolean => (traits & trait[name]) !== 0;

/** Whether a content stands in for somebody unknown. */
export const isStandIn = (content: StoredRecord): boolean => hasTrait(traitsOf(content), 'temporary');

/** A person's traits from those of its records: one that has a name is not temporary; dead is who is dead anywhere. */
export function joinedTraits(ofRecords: readonly number[]): number {
  const some = ofRecords.reduce((sum, each) => sum | each, 0);
  const every = ofRecords.reduce((rest, each) => rest & each, ofRecords.length === 0 ? 0 : some);
  return (every & (trait.temporary | trait.newborn)) | (some & trait.deceased);
}
