// axe-core: https://github.com/dequelabs/axe-core
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Page } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Axe {
  run(options: { readonly runOnly: readonly string[] }): Promise<{
    readonly violations: readonly { readonly id: string }[];
    readonly passes: readonly unknown[];
  }>;
}

/** The rules of WCAG 2.2 A and AA, and of good practice, that a page breaks. @throws RangeError when no rule could be applied. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations, passes } = await page.evaluate(async (runOnly) => {
    const results = await (globalThis as unknown as { axe: Axe }).axe.run({ runOnly });
    return { violations: results.violations.map(({ id }) => id), passes: results.passes.length };
  }, TAGS);
  if (passes === 0) throw new RangeError('The page was not looked at.');
  return violations;
}
