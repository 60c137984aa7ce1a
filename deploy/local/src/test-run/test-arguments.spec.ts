import { needsServers, readTestArguments, tiers, workersOf } from './test-arguments.js';

describe(readTestArguments.name, () => {
  it.each<[args: string[], tiers: string[], jest: string[]]>([
    [[], [...tiers], []],
    [['unit', 'journeys'], ['unit', 'journeys'], []],
    [['faults', 'unit'], ['unit', 'faults'], []],
    [['-t', 'unit'], [...tiers], ['-t', 'unit']],
    [['unit', '-t', 'no silent blank'], ['unit'], ['-t', 'no silent blank']],
    [['unit', 'match-weight', '--verbose'], ['unit'], ['--testPathPatterns', 'match-weight', '--verbose']],
    [['--testNamePattern=faults', '-w', '1'], [...tiers], ['--testNamePattern=faults', '-w', '1']],
    [['unit', '-t'], ['unit'], ['-t']],
  ])('%j runs %j with %j', (args, chosen, jest) => {
    expect(readTestArguments(args)).toEqual({ tiers: chosen, jest });
  });
});

describe(needsServers.name, () => {
  it('gives servers to the tier that shares them, and to no other', () => {
    expect(tiers.filter(needsServers)).toEqual(['integration']);
  });
});

describe(workersOf.name, () => {
  it('runs tests that share one exchange, or start some, one by one', () => {
    expect(workersOf('unit')).toEqual(['--maxWorkers=2']);
    for (const tier of ['commands', 'journeys', 'conformance', 'attacks', 'faults'] as const)
      expect(workersOf(tier)).toEqual(['--runInBand']);
  });
});
