import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { generatedSet, labelledSets } from './match/data-sets.js';
import { bounded } from './match/bounded.js';
import { type BlockingMeasure, measureLive } from './match/live/measure-live.js';
import { matchPlot } from './match/match-plot.js';
import { matchTable, ruleTable } from './match/match-table.js';
import { measureIndex } from './match/measure-index.js';
import { measureService } from './match/service/measure-service.js';
import { measureLargeIndex } from './match/measure-large-index.js';
import { measureEngine, measurePeer, type SetMeasure } from './match/measure-set.js';
import type { Figure } from './shared/figure.js';
import { quantile } from './shared/quantile.js';
import { figureTable } from './shared/table.js';
import { writeResults } from './shared/write-results.js';

/**
 * `npm run bench:match`: the match engine beside Splink 4 and recordlinkage, on the same records and the same columns.
 *
 * `MATCH_BENCH=quick` leaves out everything above 100,000 records; `MATCH_BENCH=full` adds Splink at 1,000,000. `MATCH_RECORDS` says how
 * large the largest index is (10,000,000), in a process of its own; `MATCH_PEOPLE` (1,000,000) and `MATCH_SECONDS` (60) what the service is measured with. Peers are installed with pip into a virtual environment in the cache folder of the user. `MATCH_DATA` names the folder of
 * the labelled sets. `--only=NAME[,NAME]` measures those sets alone (or `live`, `index`, `large-index`, `service`) and writes no results.
 */
const mode = process.env['MATCH_BENCH'] ?? '';
const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice(7)
  .split(',');
const isWanted = (name: string): boolean => only?.includes(name) ?? true;
const root = join(import.meta.dirname, '..', '..');
const peers = ['splink==4.0.17', 'recordlinkage==0.16'];

function preparePython(): string | undefined {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hie-broker', 'match-peers');
  const python = join(folder, 'bin', 'python');
  const isReady = (): boolean =>
    existsSync(python) && spawnSync(python, ['-c', 'import splink, recordlinkage']).status === 0;
  if (isReady()) return python;
  console.log(`Installing ${peers.join(' and ')} into ${folder} …`);
  const made =
    spawnSync('python3', ['-m', 'venv', folder]).status === 0 &&
    spawnSync(join(folder, 'bin', 'pip'), ['install', '--quiet', ...peers]).status === 0;
  return made && isReady() ? python : undefined;
}

const targets: Readonly<Record<string, { pairs: number; precision?: number; clusters: number }>> = {
  febrl1: { pairs: 0.999, clusters: 0.9995 },
  febrl2: { pairs: 0.999, clusters: 0.9995 },
  febrl3: { pairs: 0.999, clusters: 0.9995 },
  febrl4: { pairs: 0.999, clusters: 0.9995 },
  'people-100k': { pairs: 0.988, precision: 0.995, clusters: 0.995 },
  'population-1000000': { pairs: 0.98, clusters: 0.985 },
};

function figuresOf(own: SetMeasure, others: readonly SetMeasure[]): Figure[] {
  const target = targets[own.set];
  const beside = (say: (peer: SetMeasure) => string): string =>
    others.map((peer) => `${peer.tool} ${say(peer)}`).join(', ');
  const fastest = Math.min(...others.filter(({ tool }) => tool === 'splink').map(({ seconds }) => seconds));
  return [
    bounded(
      `${own.set}: pairs F1 at 0.95`,
      own.pairs.f1,
      '',
      '≥',
      target?.pairs ?? 0,
      beside(({ pairs, bestF1 }) => `${pairs.f1.toFixed(4)} (best ${bestF1.toFixed(4)})`),
    ),
    bounded(
      `${own.set}: pairs precision at 0.95`,
      own.pairs.precision,
      '',
      '≥',
      target?.precision ?? 0.99,
      beside(({ pairs }) => pairs.precision.toFixed(4)),
    ),
    bounded(`${own.set}: clusters F1`, own.clusters?.f1 ?? 0, '', '≥', target?.clusters ?? 0),
    ...(own.set === 'people-100k' || own.set.startsWith('population')
      ? [
          bounded(`${own.set}: calibration error over all candidates`, own.calibration.all, '', '≤', 0.002),
          bounded(`${own.set}: calibration error, 0.01 < p < 0.99`, own.calibration.middle, '', '≤', 0.02),
        ]
      : []),
    Number.isFinite(fastest)
      ? bounded(
          `${own.set}: whole run, share of Splink's time`,
          own.seconds / fastest,
          '',
          '≤',
          0.2,
          beside(({ seconds }) => `${seconds.toFixed(1)} s`),
        )
      : own.set === 'population-1000000'
        ? bounded(`${own.set}: whole run`, own.seconds, 's', '≤', 35)
        : { name: `${own.set}: whole run`, value: own.seconds, unit: 's' },
    bounded(
      `${own.set}: peak memory`,
      own.peakBytes / 2 ** 30,
      'GiB',
      '≤',
      2.5,
      beside(({ peakBytes }) => `${(peakBytes / 2 ** 30).toFixed(2)} GiB`),
    ),
  ];
}

const python = preparePython();
if (python === undefined)
  console.log(
    'Skipped: Splink and recordlinkage, because Python 3 with venv and pip is not here or could not install them.',
  );
const sets = await labelledSets(process.env['MATCH_DATA'] ?? join(root, '..', 'shared', 'data', 'matching'));
if (mode !== 'quick' && isWanted('population-1000000')) sets.push(await generatedSet(1_000_000));
const figures: Figure[] = [];
const measures: SetMeasure[] = [];
for (const set of sets.filter(({ name }) => isWanted(name))) {
  console.log(`${set.name}: ${set.records.toLocaleString('en-US')} records …`);
  const own = await measureEngine(set);
  const isLarge = set.records > 100_000;
  const others: SetMeasure[] = [];
  if (python !== undefined && (!isLarge || mode === 'full')) {
    others.push(
      await measurePeer('splink', python, set, [
        ...(set.sides === undefined ? [] : ['--link']),
        ...(set.name === 'people-100k' ? ['--lookups'] : []),
      ]),
    );
    if (set.name === 'people-100k') others.push(await measurePeer('recordlinkage', python, set, []));
  }
  figures.push(...figuresOf(own, others));
  measures.push(own, ...others);
  const looks = others.find(({ tool }) => tool === 'splink')?.lookupMs ?? [];
  if (looks.length > 0)
    figures.push({ name: `${set.name}: Splink look-up p50`, value: quantile(looks, 0.5), unit: 'ms' });
}
let blocking: BlockingMeasure | undefined;
if (isWanted('live')) {
  console.log('live …');
  const live = measureLive(mode === 'quick' ? 20_000 : 100_000);
  figures.push(...live.figures);
  blocking = live.blocking;
}
if (isWanted('index')) {
  console.log('index …');
  figures.push(...measureIndex(mode === 'quick' ? 100_000 : 1_000_000));
}
if (mode !== 'quick' && isWanted('large-index')) {
  const records = Number(process.env['MATCH_RECORDS'] ?? 10_000_000);
  console.log(`index of ${records.toLocaleString('en-US')} …`);
  figures.push(...(await measureLargeIndex(records, console.log)));
}
if (mode !== 'quick' && isWanted('service')) {
  const people = Number(process.env['MATCH_PEOPLE'] ?? 1_000_000);
  const seconds = Number(process.env['MATCH_SECONDS'] ?? 60);
  console.log(`service over ${people.toLocaleString('en-US')} people …`);
  figures.push(...(await measureService({ people, seconds, say: (line) => console.log(`  ${line}`) })));
}
if (only === undefined) {
  await writeResults('match', {
    ...{ figures, details: { measures, blocking }, plot: matchPlot(measures) },
    versions: Object.fromEntries(python === undefined ? [] : peers.map((peer) => peer.split('==') as [string, string])),
  });
}
console.log(`\n${matchTable(measures)}\n\n${figureTable(figures)}\n`);
if (blocking !== undefined) console.log(`${ruleTable(blocking)}\n`);
const missed = figures.filter(({ met }) => met === false);
console.log(missed.length === 0 ? 'Every target is met.' : `Not met: ${missed.map(({ name }) => name).join('; ')}.`);
