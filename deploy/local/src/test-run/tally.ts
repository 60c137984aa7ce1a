import { z } from 'zod';

const test = z.object({
  name: z.string(),
  status: z.enum(['passed', 'failed', 'skipped']),
});

/** What the reporter writes of one tier's run. */
export const tierReportSchema = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      tests: z.array(test),
      /** Why the file failed although none of its tests did: it does not parse, an import is missing, a hook failed. */
      broken: z.string().optional(),
      /** What the file printed about tests it skips. */
      reasons: z.array(z.string()),
    }),
  ),
});

export type TierReport = z.infer<typeof tierReportSchema>;

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** One line a failed test, and a file that could not be run counts as one. */
  readonly failures: readonly string[];
  /** One line a skipped test, with the reason. */
  readonly skips: readonly string[];
}

/**
 * Sums the tiers' reports.
 *
 * A file that could not be run counts as a failed test, and so does a tier without a report: a runner that crashed must
 * not look like one that had nothing to do. Pure.
 */
export function tally(reports: readonly (readonly [tier: string, report: TierReport | undefined])[]): Tally {
  const failures: string[] = [];
  const skips: string[] = [];
  let passed = 0;
  for (const [tier, report] of reports) {
    if (report === undefined) failures.push(`${tier}: its runner failed, hung, or left no report`);
    for (const { path, tests, broken, reasons } of report?.files ?? []) {
      if (broken !== undefined) failures.push(`${tier} ${path}: failed outside its tests`);
      const why = reasons.length === 0 ? 'no reason given' : reasons.join('; ');
      for (const { name, status } of tests) {
        if (status === 'passed') passed += 1;
        else if (status === 'failed') failures.push(`${tier} ${path} › ${name}`);
        else skips.push(`${tier} ${path} › ${name}: ${/skipped/i.test(name) ? 'as its name says' : why}`);
      }
    }
  }
  return { passed, failed: failures.length, failures, skips };
}

/** What is said after the last tier; its last line alone says how it went. Pure. */
export function tallyLines({ passed, failed, failures, skips }: Tally): readonly string[] {
  return [
    ...skips.map((line) => `skipped  ${line}`),
    ...failures.map((line) => `FAILED   ${line}`),
    ...(passed + failed === 0 ? ['No test was run: nothing matches what was asked for.'] : []),
    `${passed} passed, ${failed} failed`,
  ];
}
