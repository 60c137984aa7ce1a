import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import TierReporter from './tier-reporter.js';

describe(TierReporter.name, () => {
  let folder: string;
  const before = process.env['HIE_TIER_REPORT'];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-report-'));
    process.env['HIE_TIER_REPORT'] = join(folder, 'report.json');
  });
  afterEach(() => {
    if (before === undefined) delete process.env['HIE_TIER_REPORT'];
    else process.env['HIE_TIER_REPORT'] = before;
    rmSync(folder, { recursive: true });
  });

  const reportOf = (file: object) => {
    const result = { testFilePath: '/a.spec.ts', testResults: [], ...file };
    new TierReporter().onRunComplete(undefined, { testResults: [result] });
    return (JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as { files: object[] }).files[0];
  };

  it('takes over what a file printed about tests that it skips', () => {
    const console = [
      { message: 'skipped: keys in a token, because there is none\nand more' },
      { message: 'validated: 3' },
    ];
    const testResults = [{ fullName: 'keys in a token', status: 'pending' }];
    expect(reportOf({ console, testResults })).toMatchObject({
      tests: [{ name: 'keys in a token', status: 'skipped' }],
      reasons: ['skipped: keys in a token, because there is none'],
    });
  });

  it.each(['passed', 'failed'] as const)('calls a file broken that failed outside its tests, which %s', (status) => {
    const testResults = [{ fullName: 'a', status }];
    const broken = status === 'passed' ? { broken: 'a hook failed' } : {};
    expect(reportOf({ failureMessage: 'a hook failed', testResults })).toEqual({
      ...{ path: expect.any(String) as string, tests: [{ name: 'a', status }], reasons: [], ...broken },
    });
  });
});
