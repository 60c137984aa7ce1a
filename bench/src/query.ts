// `npm run bench:query`: a query beside two floors of the same length and message size, in one run. See bench/README.md.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { command, kafkaVersion, unlessStopped } from '@hie/local-exchange';

import { chainFigures, degradedFigures, memoryFigures, receiptFigures, restartFigures } from './query/figures.js';
import { chooseArrivals } from './query/load/arrivals.js';
import { type ChainPlan, measureChains } from './query/measure-chains.js';
import { measureDegraded } from './query/measure-degraded.js';
import { measureReceipts } from './query/measure-receipts.js';
import { measureRestarts } from './query/measure-restarts.js';
import { type Stage, setStage } from './query/stage.js';
import { usageTables } from './query/usage-table.js';
import { figureTable } from './shared/table.js';
import { writeResults } from './shared/write-results.js';

interface Scale {
  readonly people: number;
  readonly arrivals: number;
  readonly warmMs: number;
  readonly chains: ChainPlan;
  readonly degradedMs: number;
}

const full: Scale = {
  people: 10_000,
  arrivals: 1_000,
  // A broker and services that have just started spend half their processor time on compiling: after half a minute of each chain they cost
  // what they cost from then on.
  warmMs: 30_000,
  chains: { rounds: 3, forMs: { bare: 3_000, dressed: 4_000, query: 6_000 } },
  degradedMs: 30_000,
};

/** For work on the benchmark itself: the same steps on so little that the figures mean nothing. */
const quick: Scale = {
  people: 400,
  arrivals: 100,
  warmMs: 3_000,
  chains: { rounds: 1, forMs: { bare: 1_500, dressed: 2_000, query: 3_000 } },
  degradedMs: 8_000,
};

const HOSPITALS = 8;
const SEED = 20_260_101;
const WARM_IN_FLIGHT = 16;
const AT_REST_MS = 5_000;

await command(async (context) => {
  const { values } = parseArgs({ args: [...context.args], options: { quick: { type: 'boolean', default: false } } });
  const scale = values.quick ? quick : full;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const { people, arrivals } = scale;
  const stage = await unlessStopped(context, setStage({ seed: SEED, people, hospitals: HOSPITALS, arrivals, say }));
  try {
    await unlessStopped(context, measure(stage, scale, values.quick ? 'query-quick' : 'query'));
  } finally {
    await stage.stop();
  }
  return 0;
});

async function measure(stage: Stage, scale: Scale, name: string): Promise<void> {
  const sinceStart = stage.watch();
  await pause(AT_REST_MS);
  const atRest = sinceStart();
  for (const chain of ['bare', 'dressed', 'query'] as const) {
    await stage.run({ chain, inFlight: WARM_IN_FLIGHT, forMs: scale.warmMs });
  }
  stage.say('warm       now measuring');
  const measures = await measureChains(stage, scale.chains);
  const receipts = await measureReceipts(stage, measures);
  const degraded = await measureDegraded(stage, scale.degradedMs);
  const { people } = scale;
  const restarts = await measureRestarts(
    stage,
    chooseArrivals({ seed: SEED, people, hospitals: stage.exchange.hospitals, limit: scale.arrivals }),
  );
  const readings = measures.filter(({ chain }) => chain === 'query').map(({ usage }) => usage);
  const figures = [
    ...chainFigures(measures),
    ...receiptFigures(receipts),
    ...degradedFigures(degraded),
    ...restartFigures(restarts),
    ...memoryFigures(atRest, readings, people),
  ];
  process.stdout.write(`\n${usageTables(measures)}\n\n${figureTable(figures)}\n`);
  const details = { people, hospitals: HOSPITALS, wire: stage.wire, degraded, chains: measures };
  await writeResults(name, { figures, versions: { kafka: kafkaVersion(), kafkajs: '2.2.4' }, details });
}
