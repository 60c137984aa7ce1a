/** One comparison: what it looks at, and what its levels mean, from 1 (0 is "missing on a side" and weighs nothing in any class). */
export interface FieldDefinition {
  readonly name: string;
  readonly levels: readonly string[];
  /** The level at which both sides hold the same value, so that the rarity of the value counts; 0 for none. */
  readonly exactLevel: number;
  /**
   * The levels above this one are the same levels under another condition (a newborn's family name is often the mother's), and their
   * probabilities sum to 1 apart from the others.
   */
  readonly givenApart?: number;
}

/** The runs of levels whose probabilities sum to 1: [from, to) as indices into a table row. */
export function levelGroups({ levels, givenApart }: FieldDefinition): readonly (readonly [number, number])[] {
  if (givenApart === undefined) return [[0, levels.length]];
  return [
    [0, givenApart],
    [givenApart, levels.length],
  ];
}

const define = (name: string, exactLevel: number, levels: string): FieldDefinition => ({
  name,
  exactLevel,
  levels: levels.split('; '),
});

const familyLevels =
  'same; nearly same; shares a part; similar; (unused); distantly similar; different; different, both female; sounds alike';

/** The fixed comparisons in their order in a level vector. Extra columns follow them. */
export const fixedFields: readonly FieldDefinition[] = [
  define(
    'given',
    1,
    'same; nickname or prefix; initial; nearly same; similar; given and middle swapped; given and family swapped; distantly similar; ' +
      'different; newborn and a name; both newborn; newborns with other twin letters; newborns, one with a twin letter; initials crossed; ' +
      'one initial crossed; sounds alike; newborn with a twin letter and a name',
  ),
  {
    name: 'family',
    exactLevel: 1,
    levels: [...familyLevels.split('; '), ...familyLevels.split('; ').map((level) => `newborn, ${level}`)],
    givenApart: 9,
  },
  define(
    'birthDate',
    1,
    'same; one digit off; day and month swapped; year one off; same year, one on 1 January; newborn within 3 days; two of three parts; ' +
      'two digits off; within a year; within 16 years; different; decade off; known parts agree',
  ),
  define('middle', 1, 'same; initial agrees; similar; different'),
  define('suffix', 0, 'same; on one side; conflict'),
  define('sex', 0, 'same; different'),
  define('nationalId', 0, 'same; one digit off; two digits off; different; last four agree; last four one digit off'),
  define('phone', 0, 'same; one digit off; different'),
  define('email', 0, 'same; similar; different'),
  define(
    'address',
    0,
    'same; same house, other unit; nearly same; same street and postal code; same postal code; same city; different',
  ),
  define('identifier', 0, 'same; other value of the same authority'),
];

/** Positions of the fixed comparisons in a level vector. */
export const field = {
  given: 0,
  family: 1,
  birthDate: 2,
  middle: 3,
  suffix: 4,
  sex: 5,
  nationalId: 6,
  phone: 7,
  email: 8,
  address: 9,
  identifier: 10,
} as const;

/** The level at which two suffixes contradict each other. */
export const suffixConflict = 3;

/**
 * Whether two records state of themselves that they are two people, whatever else agrees: Jr beside Sr. Such a pair is never linked,
 * neither alone nor by others that would join it.
 */
export const isVetoed = (levels: Uint8Array, at = 0): boolean => levels[at + field.suffix] === suffixConflict;

/** A column of a source that the engine knows nothing of: compared as one of a few values, or as text. */
export interface ExtraField {
  readonly name: string;
  readonly kind: 'category' | 'text';
}

/** All comparisons of an index with these extra columns. */
export function fieldDefinitions(extras: readonly ExtraField[]): readonly FieldDefinition[] {
  return [
    ...fixedFields,
    ...extras.map(({ name, kind }) =>
      kind === 'category'
        ? define(name, 0, 'same; different')
        : define(name, 0, 'same; nearly same; similar; different'),
    ),
  ];
}
