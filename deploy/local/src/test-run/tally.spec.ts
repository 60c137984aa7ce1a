import { tally, tallyLines, type TierReport } from './tally.js';

const file = (path: string, tests: TierReport['files'][number]['tests'], more: object = {}) => ({
  path,
  tests,
  reasons: [],
  ...more,
});

describe(tally.name, () => {
  it('sums over tiers and names each test that failed', () => {
    const sum = tally([
      [
        'unit',
        {
          files: [
            file('a.spec.ts', [
              { name: 'adds', status: 'passed' },
              { name: 'subtracts', status: 'failed' },
            ]),
          ],
        },
      ],
      ['faults', { files: [file('b.spec.ts', [{ name: 'loses nothing', status: 'passed' }])] }],
    ]);
    expect(sum).toEqual({ passed: 2, failed: 1, failures: ['unit a.spec.ts › subtracts'], skips: [] });
  });

  it('counts a file that failed outside its tests, and a runner that left no report, as failed', () => {
    const sum = tally([
      ['unit', { files: [file('a.spec.ts', [], { broken: 'Cannot find module' })] }],
      ['journeys', undefined],
    ]);
    expect(sum).toMatchObject({ passed: 0, failed: 2 });
    expect(sum.failures).toEqual([
      'unit a.spec.ts: failed outside its tests',
      'journeys: its runner failed, hung, or left no report',
    ]);
  });

  it('gives the reason of a skipped test: its name, else what its file printed, else that there is none', () => {
    const skipped = (name: string) => ({ name, status: 'skipped' as const });
    const sum = tally([
      [
        'integration',
        {
          files: [
            file('a', [skipped('is believed by Go (skipped: no Go here)')]),
            file('b', [skipped('is believed by Go')], { reasons: ['skipped: Go is not installed'] }),
            file('c', [skipped('is believed by nobody')]),
          ],
        },
      ],
    ]);
    expect(sum.skips).toEqual([
      'integration a › is believed by Go (skipped: no Go here): as its name says',
      'integration b › is believed by Go: skipped: Go is not installed',
      'integration c › is believed by nobody: no reason given',
    ]);
    expect(sum).toMatchObject({ passed: 0, failed: 0 });
  });
});

describe(tallyLines.name, () => {
  it('ends with the one line that says how it went', () => {
    const lines = tallyLines({ passed: 3, failed: 1, failures: ['unit a › b'], skips: ['unit c › d: no Go'] });
    expect(lines).toEqual(['skipped  unit c › d: no Go', 'FAILED   unit a › b', '3 passed, 1 failed']);
  });

  it('says that nothing was run rather than nothing', () => {
    expect(tallyLines({ passed: 0, failed: 0, failures: [], skips: [] })).toEqual([
      'No test was run: nothing matches what was asked for.',
      '0 passed, 0 failed',
    ]);
  });
});
