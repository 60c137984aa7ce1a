import { type Random, chance, decisionKey, randomFor } from '../random/random.js';
import { draw, weighted } from '../random/weighted.js';

/** The composition of a household. */
export type HouseholdKind = 'single' | 'couple' | 'family' | 'single-parent' | 'three-generation' | 'housemates';

/** A household before anybody has a name: who belongs together, by index alone. */
export interface HouseholdPlan {
  readonly kind: HouseholdKind;
  /** Index of the first member; members follow without a gap. */
  readonly first: number;
  readonly size: number;
  /** The head grew up in the household planned just before this one. */
  readonly grewUpNextDoor: boolean;
}

/** People are planned in blocks of this many indexes, so that the household of any person is found in constant time. */
export const BLOCK_SIZE = 64;

// Share of households by kind and size: American Community Survey 2022, tables B11001 and B11016, rounded.
const KINDS = weighted<readonly [HouseholdKind, number]>(
  [
    ['single', 29],
    ['couple', 27],
    ['family', 25],
    ['single-parent', 10],
    ['three-generation', 4],
    ['housemates', 5],
  ],
  ([, share]) => share,
);
const CHILDREN = weighted<readonly [number, number]>(
  [
    [1, 41],
    [2, 37],
    [3, 15],
    [4, 7],
  ],
  ([, share]) => share,
);

const PLAN = decisionKey('household plan');
const GREW_UP_NEXT_DOOR = 0.14;

/**
 * The households of one block of indexes, in order and without gaps from `reserved` on.
 *
 * A household that would not fit in what is left of the block is drawn again and at last replaced by people living alone: one
 * household in twenty is smaller than the tables say, and in return no person needs a scan.
 *
 * @param reserved indexes at the start of the block that belong to nobody's household (the scripted people of the stories).
 */
export function planBlock(seed: number, block: number, reserved: number): readonly HouseholdPlan[] {
  const random = randomFor(seed, PLAN, block);
  const plans: HouseholdPlan[] = [];
  let used = reserved;
  while (used < BLOCK_SIZE) {
    const { kind, size } = fitting(random, BLOCK_SIZE - used);
    const grewUpNextDoor = chance(random, GREW_UP_NEXT_DOOR) && plans.length > 0 && kind !== 'housemates';
    plans.push({ kind, first: block * BLOCK_SIZE + used, size, grewUpNextDoor });
    used += size;
  }
  return plans;
}

function fitting(random: Random, left: number): { readonly kind: HouseholdKind; readonly size: number } {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const [kind] = draw(random, KINDS);
    const size = sizeOf(random, kind);
    if (size <= left) return { kind, size };
  }
  return { kind: 'single', size: 1 };
}

function sizeOf(random: Random, kind: HouseholdKind): number {
  const [children] = draw(random, CHILDREN);
  switch (kind) {
    case 'single':
      return 1;
    case 'couple':
      return 2;
    case 'family':
      return 2 + children;
    case 'single-parent':
      return 1 + Math.min(children, 3);
    case 'three-generation':
      return 3 + Math.min(children, 3);
    case 'housemates':
      return 1 + Math.min(children, 3);
  }
}
