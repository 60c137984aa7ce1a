import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { checkout } from './workspace.js';

const SCRIPT = fileURLToPath(new URL('./lint-process.mjs', import.meta.url));

/** A source that stands nowhere, at the path it would stand at. */
export interface Source {
  readonly path: string;
  readonly code: string;
}

/** What the linter says of one source: `rule/message`, sorted, each once. Empty when it has nothing against it. */
export type Verdict = readonly string[];

/** Lints sources with the project's own configuration, in one process. */
export async function lintSources(sources: readonly Source[]): Promise<readonly Verdict[]> {
  const running = promisify(execFile)(process.execPath, [SCRIPT], {
    cwd: checkout,
    env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' },
    maxBuffer: 16 * 1024 * 1024,
  });
  running.child.stdin?.end(JSON.stringify(sources));
  const { stdout } = await running;
  const verdicts = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { ruleId: string; messageId: string }[][];
  return verdicts.map((messages) =>
    [...new Set(messages.map(({ ruleId, messageId }) => `${ruleId}/${messageId}`))].sort(),
  );
}
