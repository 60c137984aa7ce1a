#!/usr/bin/env node
import { launch } from '../../../deploy/local/setup/launch.mjs';

const built = [
  '../dist/main.js',
  '../../../libs/transparency-log/dist/index.js',
  '../../../libs/tile-storage/dist/index.js',
];
const rewrite = (line) => process.stderr.write(`\r\u001b[K${line}`);
const surroundings = { print: (line) => console.log(line), ...(process.stderr.isTTY && { progress: rewrite }) };
const run = ({ main }) => main(process.argv.slice(2), surroundings, (line) => console.error(line));
// 1 is a verdict: the ledger does not hold. 2 is that nothing can be said.
process.exitCode = await launch(import.meta.url, built, run, { notSetUp: 2 });
