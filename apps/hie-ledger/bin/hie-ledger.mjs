#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = [
  '../dist/main.js',
  '../../../libs/transparency-log/dist/index.js',
  '../../../libs/tile-storage/dist/index.js',
];
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `hie-ledger needs Node 24 or newer, and this is ${process.version}: run it through "npx -p node@24 hie-ledger".`,
  );
  process.exitCode = 2;
} else if (built.some((path) => !existsSync(fileURLToPath(new URL(path, import.meta.url))))) {
  console.error('hie-ledger is not built yet: run "npm ci && npm run build" in the root of the repository.');
  process.exitCode = 2;
} else {
  const { main } = await import('../dist/main.js');
  const rewrite = (line) => process.stderr.write(`\r\u001b[K${line}`);
  const surroundings = { print: (line) => console.log(line), ...(process.stderr.isTTY && { progress: rewrite }) };
  process.exitCode = await main(process.argv.slice(2), surroundings, (line) => console.error(line));
}
