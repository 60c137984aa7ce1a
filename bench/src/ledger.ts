// `npm run bench:ledger`: what the ledger's log reaches, each figure beside what was measured with it in the same run.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { measureLogLibrary } from './ledger/log-library.js';

const figures = await measureLogLibrary();
for (const { name, value, unit, comparison, met } of figures) {
  const beside = comparison ? `, ${comparison.ratio} times ${comparison.name} (${comparison.value} ${unit})` : '';
  process.stdout.write(`${name}: ${value} ${unit}${beside}${met === false ? ' NOT MET' : ''}\n`);
}
const results = fileURLToPath(new URL('../results/', import.meta.url));
await mkdir(results, { recursive: true });
await writeFile(`${results}ledger.json`, `${JSON.stringify({ figures }, null, 2)}\n`);
