import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkout } from '../../setup/cache.mjs';
import { type ChildGroup, startGroup } from '../process/child-group.js';
import { type Tier, workersOf } from './test-arguments.js';
import { tally, type TierReport, tierReportSchema } from './tally.js';

const REPORTER = fileURLToPath(new URL('./tier-reporter.js', import.meta.url));
const JEST = createRequire(join(checkout, 'package.json')).resolve('jest/bin/jest');
/** A tier that takes longer is ended and counts as failed: one that hangs must not take the others' time. */
const ORDINARY_LIMIT_MS = 12 * 60_000;
const LIMIT_MS: Partial<Record<Tier, number>> = { faults: 15 * 60_000 };
/** After the report is written there is the exchange to stop, and nothing else. */
const LINGER_MS = 60_000;
/** ES modules in Jest; and two warnings that say nothing about the project. */
const NODE_OPTIONS = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=TimeoutNegativeWarning',
].join(' ');

export interface TierRun {
  readonly tier: Tier;
  /** What is passed on to Jest. */
  readonly jest: readonly string[];
  /** `KAFKA_BROKERS`, `DATABASE_URL` and so on, for tests that need them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the reporter leaves its report. */
  readonly reportFile: string;
  readonly stop: AbortSignal;
}

/**
 * Runs one tier in a Jest of its own, on this terminal.
 *
 * @returns what the reporter wrote; undefined when Jest failed for no reason that stands in it, or had to be ended.
 */
export async function runTier({ tier, jest, environment, reportFile, stop }: TierRun): Promise<TierReport | undefined> {
  rmSync(reportFile, { force: true });
  const reporters = ['--reporters=default', `--reporters=${REPORTER}`];
  const group = await startGroup({
    command: process.execPath,
    args: [JEST, '--selectProjects', tier, '--passWithNoTests', ...reporters, ...workersOf(tier), ...jest],
    cwd: checkout,
    env: { ...(process.env as Record<string, string>), ...environment, NODE_OPTIONS, HIE_TIER_REPORT: reportFile },
  });
  const end = (): void => void endSoon(group);
  stop.addEventListener('abort', end);
  const limit = setTimeout(end, LIMIT_MS[tier] ?? ORDINARY_LIMIT_MS);
  const lingering = setInterval(() => {
    if (existsSync(reportFile) && Date.now() - statSync(reportFile).mtimeMs > LINGER_MS) end();
  }, 1_000);
  const { code } = await group.exited;
  clearTimeout(limit);
  clearInterval(lingering);
  stop.removeEventListener('abort', end);
  const report = readReport(reportFile);
  // Whoever had to be ended by a signal has left something open that a test should have closed.
  if (code === null) return undefined;
  return code === 0 || hasFailure(report) ? report : undefined;
}

const hasFailure = (report: TierReport | undefined): boolean => tally([['', report]]).failed > 0;

async function endSoon(group: ChildGroup): Promise<void> {
  group.signal('SIGTERM');
  const timer = setTimeout(() => group.signal('SIGKILL'), 5_000);
  await group.exited;
  clearTimeout(timer);
}

function readReport(file: string): TierReport | undefined {
  try {
    return tierReportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
