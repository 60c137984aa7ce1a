import { type Random } from '../random/random.js';
import { draw, weighted } from '../random/weighted.js';

/** A naming tradition. It decides how a person is named and how the name goes wrong at a registration desk. */
export type Culture =
  | 'european'
  | 'african-american'
  | 'hispanic'
  | 'chinese'
  | 'vietnamese'
  | 'korean'
  | 'south-asian'
  | 'filipino'
  | 'arabic';

/** Traditions with name lists of their own; the others draw from the national tables by origin. */
export type Heritage = 'chinese' | 'vietnamese' | 'korean' | 'south-asian' | 'filipino' | 'arabic';

/** The four population groups that the Census counts a place by. */
export interface GroupShares {
  readonly white: number;
  readonly black: number;
  readonly hispanic: number;
  readonly api: number;
}

// Shares within a group, rounded from the Census Bureau's American Community Survey 2020 (ancestry and detailed Asian groups).
const withinGroup = {
  white: weighted<readonly [Culture, number]>(
    [
      ['european', 0.975],
      ['arabic', 0.025],
    ],
    ([, share]) => share,
  ),
  black: weighted<readonly [Culture, number]>(
    [
      ['african-american', 0.95],
      ['arabic', 0.05],
    ],
    ([, share]) => share,
  ),
  hispanic: weighted<readonly [Culture, number]>([['hispanic', 1]], ([, share]) => share),
  api: weighted<readonly [Culture, number]>(
    [
      ['south-asian', 0.32],
      ['chinese', 0.3],
      ['filipino', 0.16],
      ['vietnamese', 0.12],
      ['korean', 0.1],
    ],
    ([, share]) => share,
  ),
};

/** Draws the tradition of a household from the groups that live at its place. */
export function drawCulture(random: Random, place: GroupShares): Culture {
  const groups = weighted(['white', 'black', 'hispanic', 'api'] as const, (group) => place[group]);
  return draw(random, withinGroup[draw(random, groups)])[0];
}

/** Whether the tradition has its own lists of names. */
export function isHeritage(culture: Culture): culture is Heritage {
  return culture !== 'european' && culture !== 'african-american' && culture !== 'hispanic';
}
