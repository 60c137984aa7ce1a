import { instanceName, openRun, startInfrastructure } from '@hie/local-exchange';

import { type AskedIndex, startIndex } from '../../index-service/start-index.js';
import { type Figure, figure } from '../../shared/figure.js';
import { quantile } from '../../shared/quantile.js';
import { type MachineUsage, watchUsage } from '../../query/processes.js';
import { bareRoundTrips } from './bare-round-trip.js';
import { fillIndex } from './fill-index.js';
import { feedRate } from './measure-feed.js';
import { type LoopTimes, openLoop } from './open-loop.js';
import { type BenchRecord, HOSPITALS, questionAbout, recordsOf, systemOf } from './people.js';

export interface ServiceMeasure {
  readonly people: number;
  /** For each rate, and for the feed. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}

const RATES = [50, 100, 200];
/** The rate and the number of people that the target speaks of. */
const TARGET = { perSecond: 200, people: 1_000_000, p99Ms: 25, fedPerSecond: 500 } as const;
const QUESTIONS = 3_000;
const WARM_UP_S = 10;
const DEADLINE_MS = 20_000;
/** JavaScript's part of the index is about 2 KB a record, and V8 wants to be told. */
const HEAP_MIB = 16_384;
/** An instance that builds its index of millions from the tables is waited for. */
const READY_WITHIN_MS = 3_600_000;

/**
 * The patient index as a service: its real process on Kafka and PostgreSQL, asked `$match` at steady rates and then fed, beside a bare round
 * trip over the same Kafka.
 */
export async function measureService({ people, seconds, say }: ServiceMeasure): Promise<readonly Figure[]> {
  const run = openRun('bench-match');
  const undo: (() => Promise<void> | void)[] = [() => run.release()];
  try {
    const infrastructure = await startInfrastructure({ run, env: {} });
    undo.push(() => infrastructure.stop());
    const service = await startIndex({
      ...{ run, infrastructure, readyWithinMs: READY_WITHIN_MS },
      nodeArguments: [`--max-old-space-size=${HEAP_MIB}`],
    });
    undo.push(() => service.stop());
    const questions: BenchRecord[] = [];
    const started = await fillAndStart(service, infrastructure.certificates.certificate, people, questions, say);
    const pid = () => service.supervisor.pid(instanceName(0));

    await askAt(50, WARM_UP_S, service, questions);
    const sizes = await sizesOf(service, questions);
    say(`a question is ${sizes.askedBytes} bytes, an answer ${sizes.answeredBytes}`);
    const bare = await bareRoundTrips({ infrastructure, run }, sizes, RATES, seconds);
    const figures: Figure[] = [...started];
    const label = `${people.toLocaleString('en-US')} people`;
    for (const perSecond of RATES) {
      const used = watchUsage(() => new Map([[PROCESS, pid()]]));
      const times = await askAt(perSecond, seconds, service, questions);
      const usage = used();
      say(`$match at ${perSecond}/s: p99 ${quantile(times.timesMs, 0.99).toFixed(1)} ms`);
      figures.push(...figuresOfRate({ label, people, perSecond, times, usage, bare: bare.get(perSecond) }));
    }
    figures.push(await feedRate(service, { label, seconds, target: TARGET.fedPerSecond, say }));
    return figures;
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

const PROCESS = 'patient-index';

/** Fills the tables while the service is down, then starts it twice: on the tables, and on the snapshot that this has left. */
async function fillAndStart(
  { supervisor, ground, gateway }: AskedIndex,
  ca: string,
  people: number,
  questions: BenchRecord[],
  say: (line: string) => void,
): Promise<Figure[]> {
  const name = instanceName(0);
  await supervisor.takeDown(name, 'SIGTERM');
  const members = new Set<string>();
  const records = await fillIndex(ground, ca, byPerson(people, questions, members), say);
  for (const memberId of members) await gateway.register(memberId, systemOf(memberId));
  const label = `${people.toLocaleString('en-US')} people`;
  say(
    `${records.toLocaleString('en-US')} records of ${label} at ${HOSPITALS} hospitals; the service builds its index …`,
  );
  const seconds = async (what: string): Promise<number> => {
    const began = performance.now();
    await supervisor.bringUp(name);
    const took = (performance.now() - began) / 1_000;
    say(`ready after ${took.toFixed(1)} s, ${what}`);
    return took;
  };
  const fromTables = await seconds('from the tables');
  await supervisor.takeDown(name, 'SIGTERM');
  const fromSnapshot = await seconds('from its snapshot');
  return [
    figure({ name: `service, ${label}: ready, built from the tables`, value: fromTables, unit: 's' }),
    figure({ name: `service, ${label}: ready, from its snapshot`, value: fromSnapshot, unit: 's' }),
  ];
}

/** Each person's records but for some that are held out, as questions about people who are known by their other records. */
function* byPerson(people: number, questions: BenchRecord[], members: Set<string>): Generator<readonly BenchRecord[]> {
  const every = Math.max(1, Math.floor(people / QUESTIONS));
  let person: BenchRecord[] = [];
  let at = 0;
  const complete = (): readonly BenchRecord[] => {
    const isAsked = at++ % every === 0 && person.length > 1;
    if (!isAsked) return person;
    questions.push(...person.slice(-1));
    return person.slice(0, -1);
  };
  for (const record of recordsOf(people)) {
    members.add(record.memberId);
    if (person.length > 0 && person[0]?.person !== record.person) {
      yield complete();
      person = [];
    }
    person.push(record);
  }
  yield complete();
}

function askAt(
  perSecond: number,
  seconds: number,
  { gateway }: AskedIndex,
  questions: readonly BenchRecord[],
): Promise<LoopTimes> {
  gateway.forget();
  const prepare = async (at: number) => {
    const question = questions[(at * 7) % questions.length];
    if (question === undefined) throw new RangeError('There is nobody to ask about.');
    const { txn, message } = await gateway.prepare(questionAbout(question), DEADLINE_MS);
    return { id: txn, send: () => gateway.send([message]) };
  };
  return openLoop({ perSecond, seconds, prepare, heardAt: gateway.heardAt });
}

/** What a question and its answer weigh on Kafka; and a look at whether the answers name anybody. */
async function sizesOf({ gateway }: AskedIndex, questions: readonly BenchRecord[]) {
  const [question] = questions;
  if (question === undefined) throw new RangeError('There is nobody to ask about.');
  const { message } = await gateway.prepare(questionAbout(question), DEADLINE_MS);
  const bodies = await Promise.all([...gateway.heardAt.keys()].slice(-100).map((txn) => gateway.answerOf(txn)));
  const named = bodies.filter(({ candidates }) => candidates.length > 0).length;
  if (named < bodies.length / 2) throw new RangeError('Hardly anybody is found: the index is not what was put there.');
  return {
    askedBytes: message.value.length + Object.values(message.headers).join('').length,
    answeredBytes: gateway.bytesOf([...gateway.heardAt.keys()].at(-1) ?? ''),
  };
}

interface RateMeasure {
  readonly label: string;
  readonly people: number;
  readonly perSecond: number;
  readonly times: LoopTimes;
  readonly usage: MachineUsage;
  readonly bare: LoopTimes | undefined;
}

function figuresOfRate({ label, people, perSecond, times, usage, bare }: RateMeasure): Figure[] {
  const name = `service, ${label}: $match at ${perSecond}/s`;
  const at = (share: number): Figure => {
    const value = quantile(times.timesMs, share);
    const floor = quantile(bare?.timesMs ?? [], share);
    const isTarget = share === 0.99 && perSecond === TARGET.perSecond && people >= TARGET.people;
    return figure({
      name: `${name}, p${share * 100}`,
      value,
      unit: 'ms',
      comparison: { name: 'bare Kafka round trip of the same size and rate', value: floor, ratio: value / floor },
      ...(isTarget ? { target: { below: TARGET.p99Ms } } : {}),
    });
  };
  const process = usage.processes[PROCESS];
  return [
    at(0.5),
    at(0.95),
    at(0.99),
    figure({
      name: `${name}, unanswered`,
      value: times.unanswered,
      unit: `of ${times.timesMs.length + times.unanswered}`,
    }),
    figure({
      name: `${name}, processor of the service`,
      value: process?.cpuPercent ?? 0,
      unit: '% of a core',
      comparison: `others on the machine took ${usage.othersPercent} %, Kafka, PostgreSQL and the load among them`,
    }),
    figure({ name: `${name}, resident`, value: process?.residentMiB ?? 0, unit: 'MiB' }),
  ];
}
