import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

import { checkout } from '../../setup/cache.mjs';
import { type TierReport } from './tally.js';

/** What this reporter reads of Jest's own result of a file. */
interface FileResult {
  readonly testFilePath: string;
  readonly testExecError?: { readonly message?: string } | null;
  readonly failureMessage?: string | null;
  readonly console?: readonly { readonly message: string }[] | null;
  readonly testResults: readonly { readonly fullName: string; readonly status: string }[];
}

/**
 * Jest's reporter for `npm test`: writes to the file named by `HIE_TIER_REPORT` what became of each test, and what a
 * file said about those it skips (any line it prints with the word "skip").
 */
export default class TierReporter {
  onRunComplete(_contexts: unknown, { testResults }: { readonly testResults: readonly FileResult[] }): void {
    const path = process.env['HIE_TIER_REPORT'];
    if (path === undefined) return;
    writeFileSync(path, JSON.stringify({ files: testResults.map(fileReport) } satisfies TierReport));
  }
}

function fileReport(file: FileResult): TierReport['files'][number] {
  const lines = (file.console ?? []).flatMap(({ message }) => message.split('\n'));
  // A hook that fails after the last test leaves every test passed, and the file failed all the same.
  const hasFailedTest = file.testResults.some(({ status }) => status === 'failed');
  const broken = file.testExecError?.message || (hasFailedTest ? undefined : file.failureMessage);
  return {
    path: relative(checkout, file.testFilePath),
    tests: file.testResults.map(({ fullName, status }) => ({ name: fullName, status: statusOf(status) })),
    // An error that nobody awaited has no message here, and every test of the file may have passed.
    ...(broken || file.testExecError ? { broken: broken || 'an error outside every test' } : {}),
    reasons: [...new Set(lines.filter((line) => /skip/i.test(line)).map((line) => line.trim()))],
  };
}

/** `pending`, `todo`, `disabled` and whatever Jest may call it next: not run is not passed. */
function statusOf(status: string): 'passed' | 'failed' | 'skipped' {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}
