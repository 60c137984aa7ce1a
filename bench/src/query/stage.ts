import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  type ComposedExchange,
  type Infrastructure,
  type ProcessSpec,
  type RunFolder,
  freePort,
  openRun,
  startExchange,
  startInfrastructure,
  supervise,
} from '@hie/local-exchange';
import { services } from '@hie/contracts';
import { Agent, request } from 'undici';

import { floorServices } from './floor/hops.js';
import { planBareFloor, planDressedFloor, wireSizesOf } from './floor/start-floor.js';
import { type Arrival, chooseArrivals } from './load/arrivals.js';
import type { Chain, LoadOrder, LoadReport, LoadSetting } from './load/load-order.js';
import { type MachineUsage, OWN, watchUsage } from './processes.js';

export interface StageOptions {
  readonly seed: number;
  readonly people: number;
  readonly hospitals: number;
  readonly arrivals: number;
  readonly say: (line: string) => void;
}

/** Everything that is measured, running: infrastructure, the exchange with its people, both floors, and the load. */
export interface Stage {
  readonly options: StageOptions;
  readonly exchange: ComposedExchange;
  readonly infrastructure: Infrastructure;
  readonly say: (line: string) => void;
  /** What a message of the floors weighs, bytes. */
  readonly wire: { readonly hopBytes: number; readonly auditBytes: number };
  run(order: Omit<LoadOrder, 'url'>): Promise<LoadReport>;
  /** Watches every process; call the result for what was used since. */
  watch(): () => MachineUsage;
  setArrivals(arrivals: readonly Arrival[]): void;
  stop(): Promise<void>;
}

/** Far above what the load asks: the limit is a service to others, and not what is measured. */
const RATE_LIMIT = '100000000';
const LOAD_FILE = fileURLToPath(new URL('./load/load.process.js', import.meta.url));
const WEIGHED_MS = 500;

/** Sets the stage in a run folder of its own; on a failure nothing is left. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const run = openRun('bench-query');
  const undo: (() => Promise<void> | void)[] = [() => run.release()];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await build(options, run, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  options: StageOptions,
  run: RunFolder,
  undo: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Stage> {
  const { say, seed, people } = options;
  const infrastructure = await startInfrastructure({ run, env: {}, plaintextKafka: true });
  undo.push(() => infrastructure.stop());
  const exchange = await startExchange({
    run,
    infrastructure,
    people,
    seed,
    hospitals: options.hospitals,
    overrides: { gateway: { RATE_LIMIT_PER_MINUTE: RATE_LIMIT, ADDRESS_LIMIT_PER_MINUTE: RATE_LIMIT } },
    onProgress: say,
  });
  undo.push(() => exchange.stop());

  const start = async (specs: readonly ProcessSpec[]): Promise<(name: string) => number | undefined> => {
    const supervisor = await supervise(specs);
    undo.push(() => supervisor.stop());
    return (name) => supervisor.pid(name);
  };
  const ground = { run, infrastructure, exchange };
  const dressed = await planDressedFloor(ground);
  const dressedPid = await start(dressed.specs);
  const arrivalsPath = join(run.path, 'arrivals.json');
  const setArrivals = (arrivals: readonly Arrival[]): void => {
    if (arrivals.length === 0) throw new RangeError('Nobody arrives: the population is too small.');
    writeFileSync(arrivalsPath, JSON.stringify(arrivals), { mode: 0o600 });
  };
  setArrivals(chooseArrivals({ seed, people, hospitals: exchange.hospitals, limit: options.arrivals }));
  const load = await loadProcess(run, exchange, arrivalsPath);
  const loadPid = await start([load.spec]);
  const urls: Partial<Record<Chain, string>> = {
    dressed: `${dressed.urls.get('gateway')}/ask`,
    query: `${exchange.description.gateway.url}/cds-services/patient-arrival`,
  };
  const order = async (given: Omit<LoadOrder, 'url'>): Promise<LoadReport> => {
    const url = urls[given.chain];
    if (url === undefined) throw new RangeError('That chain has not been started.');
    return load.run({ ...given, url });
  };
  undo.push(load.close);

  await order({ chain: 'dressed', inFlight: 4, forMs: WEIGHED_MS });
  const { hop, audit } = await wireSizesOf(dressed, infrastructure.certificates.certificate);
  const bare = await planBareFloor(ground, hop, audit);
  const barePid = await start(bare.specs);
  urls.bare = `${bare.urls.get('gateway')}/ask`;
  const wire = {
    hopBytes: hop.valueBytes + hop.headerBytes,
    auditBytes: audit.valueBytes + audit.headerBytes,
  };
  say(`floors     started; a hop's message is ${wire.hopBytes} bytes, an audit message ${wire.auditBytes}`);

  const watched = (): ReadonlyMap<string, number | undefined> =>
    new Map<string, number | undefined>([
      [OWN, process.pid],
      ['load', loadPid('load')],
      ['kafka', 'pid' in infrastructure.kafka ? infrastructure.kafka.pid() : undefined],
      ['postgres', 'pid' in infrastructure.postgres ? infrastructure.postgres.pid() : undefined],
      ...[...services, 'hospital-simulator'].map((name) => [name, exchange.supervisor.pid(name)] as const),
      ...floorServices.map((name) => [`dressed ${name}`, dressedPid(`dressed ${name}`)] as const),
      ...floorServices.map((name) => [`bare ${name}`, barePid(`bare ${name}`)] as const),
    ]);
  return {
    options,
    exchange,
    infrastructure,
    say,
    wire,
    run: order,
    watch: () => watchUsage(watched),
    setArrivals,
    stop,
  };
}

async function loadProcess(run: RunFolder, exchange: ComposedExchange, arrivalsPath: string) {
  const port = await freePort();
  const { description, hospitals } = exchange;
  const setting: LoadSetting = {
    port,
    caPath: description.caCertificate,
    tokenUrl: description.identityProvider.tokenUrl,
    clients: hospitals.map(({ client: { id, privateJwk }, organizationId }) => ({ id, privateJwk, organizationId })),
    arrivalsPath,
  };
  const settingPath = join(run.path, 'load.json');
  writeFileSync(settingPath, JSON.stringify(setting), { mode: 0o600 });
  const url = `http://127.0.0.1:${port}`;
  const spec: ProcessSpec = {
    name: 'load',
    command: process.execPath,
    args: ['--enable-source-maps', LOAD_FILE],
    env: { LOAD_SETTING: settingPath },
    logFile: run.log('load'),
    readyUrl: `${url}/ready`,
    restart: false,
  };
  const agent = new Agent();
  return {
    spec,
    close: () => agent.close(),
    run: async (order: LoadOrder): Promise<LoadReport> => {
      // The questions still under way at the end are waited for; none takes longer than its deadline.
      const boundMs = order.forMs * 6 + 60_000;
      const { statusCode, body } = await request(`${url}/run`, {
        method: 'POST',
        body: JSON.stringify(order),
        dispatcher: agent,
        // Between two orders the server may let go of the connection.
        reset: true,
        headersTimeout: boundMs,
        bodyTimeout: boundMs,
      });
      if (statusCode !== 200) throw new Error('The load could not be run; its log says why.');
      return (await body.json()) as LoadReport;
    },
  };
}
