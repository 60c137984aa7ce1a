/**
 * One record is sixteen 32-bit integers, one cache line: all that is compared between two records sits in two lines of memory.
 * A value of 0 is "not recorded" in every column.
 */
export const rowInts = 16;

export const column = {
  /** Codes of the name dictionary. */
  given: 0,
  middle: 1,
  family: 2,
  /** `PackedDate`. */
  birthDate: 3,
  flags: 4,
  nationalId: 5,
  phone: 6,
  /** Code of the e-mail dictionary. */
  email: 7,
  /** Codes of the place dictionary. */
  houseNumber: 8,
  street: 9,
  unit: 10,
  city: 11,
  postalCode: 12,
  /** First entry of the identifier list. */
  identifiers: 13,
  /** Row of the next older version of the same record's values, 0 for none. */
  nextVersion: 14,
  /** Row of the record that this version belongs to; a record's own row in its first version. */
  owner: 15,
} as const;

/** Rows 0 … 15 are scratch for the query at hand: the query and up to fifteen older versions of its values. */
export const firstRow = 16;

export const flag = {
  sex: 3,
  suffixShift: 2,
  suffix: 7,
  newborn: 32,
  twinShift: 6,
  twin: 7,
  gone: 512,
  older: 1024,
  /** The row has no values: its slots hold further keys of the version before it. */
  continued: 2048,
} as const;

export const sexOf = (flags: number): number => flags & flag.sex;
export const suffixOf = (flags: number): number => (flags >> flag.suffixShift) & flag.suffix;
export const isNewborn = (flags: number): boolean => (flags & flag.newborn) !== 0;
export const twinOf = (flags: number): number => (flags >> flag.twinShift) & flag.twin;
