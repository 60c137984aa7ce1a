// `npm run bench:trust`: what it costs that no hop believes another, each part beside the bare operation of node:crypto in the same run.
import { figureTable } from './shared/table.js';
import { writeResults } from './shared/write-results.js';
import { measureHops } from './trust/measure-hops.js';
import { measureParts } from './trust/measure-parts.js';
import { measureQuery } from './trust/measure-query.js';

const [ROUNDS, RUNS_A_ROUND, QUERIES] = [60, 40, 2_000];

const figures = [
  ...(await measureHops(ROUNDS, RUNS_A_ROUND)),
  ...(await measureQuery(QUERIES)),
  ...(await measureParts(ROUNDS, RUNS_A_ROUND)),
];
process.stdout.write(`${figureTable(figures)}\n`);
await writeResults('trust', { figures, versions: { openssl: process.versions.openssl } });
