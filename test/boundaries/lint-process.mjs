// Reads `[{ path, code }]` from standard input and lints each source as if it stood at its path. Prints what the linter says, one
// list a source, as the last line. In a process of its own, because the boundary rule keeps the project graph in globals; and
// the graph is made first, because without one the rule skips itself with a mere warning.
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';

const sources = JSON.parse(await text(process.stdin));
await createProjectGraphAsync({ exitOnError: true });
const eslint = new ESLint({ cwd: fileURLToPath(new URL('../../', import.meta.url)) });
const verdicts = [];
for (const { path, code } of sources) {
  const results = await eslint.lintText(code, { filePath: path, warnIgnored: true });
  verdicts.push(results.flatMap(({ messages }) => messages.map(({ ruleId, messageId }) => ({ ruleId, messageId }))));
}
process.stdout.write(`\n${JSON.stringify(verdicts)}\n`);
