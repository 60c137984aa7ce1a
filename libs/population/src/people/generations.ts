import { DAYS_A_YEAR, type Day } from '../calendar.js';
import { type Sex } from '../names/name-tables.js';
import { type Random, below, chance, fraction, pick } from '../random/random.js';
import { type HouseholdPlan } from './household-plan.js';
import { type HouseholdRole } from './person.js';

/** Somebody of a household who has a place, a sex and a birthday, but no name yet. */
export interface Member {
  readonly role: HouseholdRole;
  readonly sex: Sex;
  readonly birthDay: Day;
  /** 1 and 2 for the two of a pair of twins, else 0. */
  readonly twin: 0 | 1 | 2;
}

// Births that are twins: 31 in 1,000 children (National Vital Statistics Reports, births 2021); one pair is 15.5 in 1,000 births.
const TWIN_PAIR = 0.0155;
const SAME_SEX_COUPLE = 0.015;
const CHILD_AT_HOME_YEARS = 24;

const yearsAgo = (asOf: Day, years: number): Day => asOf - Math.floor(years * DAYS_A_YEAR);
const adultAge = (random: Random, youngest: number, oldest: number): number =>
  youngest + fraction(random) * (oldest - youngest);
const anySex = (random: Random): Sex => (chance(random, 0.508) ? 'F' : 'M');
const other = (sex: Sex): Sex => (sex === 'F' ? 'M' : 'F');

/** The members of a household with their ages, in index order: head, partner, children, then the grandparent. */
export function membersOf(random: Random, plan: HouseholdPlan, asOf: Day): readonly Member[] {
  switch (plan.kind) {
    case 'single':
      return [adult(random, 'head', anySex(random), asOf, plan.grewUpNextDoor ? [19, 40] : [19, 94])];
    case 'housemates':
      return Array.from({ length: plan.size }, (_, i) =>
        adult(random, i === 0 ? 'head' : 'housemate', anySex(random), asOf, [18, 36]),
      );
    case 'couple':
      return couple(random, asOf, plan.grewUpNextDoor ? [21, 42] : [21, 90]);
    case 'family': {
      const parents = couple(random, asOf, [20 + 2 * (plan.size - 2), plan.grewUpNextDoor ? 40 : 56]);
      return [...parents, ...children(random, motherOf(parents), plan.size - 2, asOf)];
    }
    case 'single-parent': {
      const parent = adult(random, 'head', chance(random, 0.8) ? 'F' : 'M', asOf, [
        18 + 2 * (plan.size - 1),
        plan.grewUpNextDoor ? 40 : 54,
      ]);
      return [parent, ...children(random, parent, plan.size - 1, asOf)];
    }
    case 'three-generation': {
      const parents = couple(random, asOf, [23, 46]);
      const head = parents[0];
      const grandparent = yearsAgo(asOf, Math.min(96, (asOf - head.birthDay) / DAYS_A_YEAR + adultAge(random, 20, 38)));
      const kin: Member = { role: 'grandparent', sex: chance(random, 0.7) ? 'F' : 'M', birthDay: grandparent, twin: 0 };
      return [...parents, ...children(random, motherOf(parents), plan.size - 3, asOf), kin];
    }
  }
}

function adult(
  random: Random,
  role: HouseholdRole,
  sex: Sex,
  asOf: Day,
  [youngest, oldest]: readonly [number, number],
): Member {
  return { role, sex, birthDay: yearsAgo(asOf, adultAge(random, youngest, oldest)), twin: 0 };
}

function couple(random: Random, asOf: Day, ages: readonly [number, number]): readonly [Member, Member] {
  const head = adult(random, 'head', chance(random, 0.6) ? 'M' : 'F', asOf, ages);
  const gapYears = (fraction(random) + fraction(random) + fraction(random) - 1.5) * 6;
  const sex = chance(random, SAME_SEX_COUPLE) ? head.sex : other(head.sex);
  const youngestAdult = yearsAgo(asOf, 19) - below(random, 500);
  const birthDay = Math.min(youngestAdult, head.birthDay + Math.floor(gapYears * DAYS_A_YEAR));
  return [head, { role: 'partner', sex, birthDay, twin: 0 }];
}

const motherOf = (parents: readonly [Member, Member]): Member => parents.find(({ sex }) => sex === 'F') ?? parents[0];

/** Children spread over the years in which the mother is 16 to 45 and they still live at home, twins on one day. */
function children(random: Random, mother: Member, count: number, asOf: Day): readonly Member[] {
  const oldest = Math.max(mother.birthDay + Math.floor(16 * DAYS_A_YEAR), yearsAgo(asOf, CHILD_AT_HOME_YEARS));
  const youngest = Math.min(asOf - 2, mother.birthDay + Math.floor(45 * DAYS_A_YEAR));
  const slot = Math.max(0, youngest - oldest) / count;
  const born: Member[] = [];
  while (born.length < count) {
    const birthDay = oldest + Math.floor(slot * (born.length + fraction(random)));
    const sex = anySex(random);
    const isPair = chance(random, TWIN_PAIR) && born.length + 1 < count;
    born.push({ role: 'child', sex, birthDay, twin: isPair ? 1 : 0 });
    const twinSex = chance(random, 0.65) ? sex : pick(random, ['F', 'M'] as const);
    if (isPair) born.push({ role: 'child', sex: twinSex, birthDay, twin: 2 });
  }
  return born;
}
