import { type Day } from '../calendar.js';
import { BLOCK_SIZE, type HouseholdPlan, planBlock } from './household-plan.js';
import { householdOf } from './household.js';
import { type Person } from './person.js';

/** Finds any person by index. */
export type PersonOf = (index: number) => Person;

/** Blocks that are kept: enough that several hospitals asked about one person make the household once. At most a few megabytes. */
const KEPT_BLOCKS = 32;

interface Block {
  readonly plans: readonly HouseholdPlan[];
  readonly households: (readonly Person[] | undefined)[];
}

/**
 * People by index, in constant time and memory.
 *
 * A few blocks are kept, so that going through people in order makes each household once. A person is the same whoever else was asked for before, and whatever the size of the population.
 *
 * @param scripted the first people, who are written by hand; they belong to no household.
 */
export function peopleOf(seed: number, asOf: Day, scripted: readonly Person[]): PersonOf {
  const kept = new Map<number, Block>();

  const blockOf = (number: number): Block => {
    const known = kept.get(number);
    if (known !== undefined) return known;
    const plans = planBlock(seed, number, number === 0 ? scripted.length : 0);
    const block: Block = { plans, households: Array.from({ length: plans.length }) };
    const [oldest] = kept.keys();
    if (kept.size >= KEPT_BLOCKS && oldest !== undefined) kept.delete(oldest);
    kept.set(number, block);
    return block;
  };

  const household = (block: Block, position: number): readonly Person[] => {
    const made = block.households[position];
    if (made !== undefined) return made;
    const plan = block.plans[position];
    if (plan === undefined) throw new RangeError('every index of a block belongs to a household');
    const nextDoor = plan.grewUpNextDoor ? household(block, position - 1) : [];
    const people = householdOf(seed, plan, asOf, nextDoor);
    block.households[position] = people;
    return people;
  };

  return (index) => {
    const written = scripted[index];
    if (written !== undefined) return written;
    const block = blockOf(Math.floor(index / BLOCK_SIZE));
    const position = positionOf(block.plans, index);
    const person = household(block, position)[index - (block.plans[position]?.first ?? 0)];
    if (person === undefined) throw new RangeError('every index of a block belongs to a household');
    return person;
  };
}

function positionOf(plans: readonly HouseholdPlan[], index: number): number {
  return plans.findIndex(({ first, size }) => index >= first && index < first + size);
}
