/** The tiers of tests, in the order they run: the cheap ones first, the ones that kill servers last. */
export const tiers = [
  'unit',
  'boundaries',
  'integration',
  'commands',
  'journeys',
  'conformance',
  'attacks',
  'faults',
] as const;

export type Tier = (typeof tiers)[number];

/** Tiers that share the run's Kafka and PostgreSQL; those after it start exchanges with their own, which they may kill. */
const servedTiers: readonly Tier[] = ['integration'];
/** Tiers whose files may run side by side: each has its own topics and schemas, or nothing at all. */
const parallelTiers: readonly Tier[] = ['unit', 'integration'];

export interface TestArguments {
  readonly tiers: readonly Tier[];
  /** Passed on to Jest for every tier. */
  readonly jest: readonly string[];
}

/** Jest's options that take the next word as their value. */
const VALUED = [
  '-t',
  '--testNamePattern',
  '--testPathPatterns',
  '-w',
  '--maxWorkers',
  '--testTimeout',
  '--seed',
  '--shard',
];

/**
 * Reads `npm test -- unit journeys -t 'a name' match-weight`: words that name a tier choose it (none chooses all), an
 * option goes on to Jest with its value, and another word is part of a test file's path, as Jest has it.
 */
export function readTestArguments(args: readonly string[]): TestArguments {
  const chosen = new Set<Tier>();
  const jest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] as string;
    const value = args[index + 1];
    if (VALUED.includes(word) && value !== undefined) {
      jest.push(word, value);
      index += 1;
    } else if (isTier(word)) chosen.add(word);
    else if (word.startsWith('-')) jest.push(word);
    else jest.push('--testPathPatterns', word);
  }
  return { tiers: tiers.filter((tier) => chosen.size === 0 || chosen.has(tier)), jest };
}

function isTier(word: string): word is Tier {
  return (tiers as readonly string[]).includes(word);
}

/** Whether a tier is given the run's Kafka and PostgreSQL. */
export function needsServers(tier: Tier): boolean {
  return servedTiers.includes(tier);
}

/** How many of a tier's files run at once; those that share one exchange come one by one. */
export function workersOf(tier: Tier): readonly string[] {
  return parallelTiers.includes(tier) ? ['--maxWorkers=2'] : ['--runInBand'];
}
