import type { AskedIndex } from '../../index-service/start-index.js';

import { type Figure, figure } from '../../shared/figure.js';
import { type BenchRecord, patientOf, recordsOf, systemOf } from './people.js';

/** Other people than those of the index. */
const SEED = 24;
const PEOPLE = 200_000;
const RECORDS_A_BATCH = 100;
/** A hospital has sent its next batch before the first is answered. */
const IN_FLIGHT = 2;

export interface FeedMeasure {
  readonly label: string;
  readonly seconds: number;
  readonly target: number;
  readonly say: (line: string) => void;
}

/** New records a second, each searched for, linked and committed, by the batch door; as many as it takes. */
export async function feedRate(service: AskedIndex, { label, seconds, target, say }: FeedMeasure): Promise<Figure> {
  const batches = batchesOf(recordsOf(PEOPLE, SEED));
  const [url] = service.urls;
  if (url === undefined) throw new RangeError('There is no instance to feed.');
  const began = performance.now();
  const until = began + seconds * 1_000;
  let fed = 0;
  const feeder = async (): Promise<void> => {
    for (let next = batches.next(); next.done !== true && performance.now() < until; next = batches.next()) {
      const { memberId, records } = next.value;
      const answer = await service.gateway.forward(url, 'POST', '/fhir', bundleOf(records), memberId);
      const { entry = [] } = (answer.body ?? {}) as Answered;
      const taken = entry.filter(({ response }) => response.status.startsWith('20')).length;
      if (answer.status !== 200 || taken !== records.length) throw new RangeError('A record was not taken.');
      fed += taken;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, feeder));
  const perSecond = fed / ((performance.now() - began) / 1_000);
  say(`fed ${fed.toLocaleString('en-US')} new records, ${perSecond.toFixed(0)} a second`);
  return figure({
    name: `service, ${label}: insert with linking and commit, batches of ${RECORDS_A_BATCH}`,
    value: perSecond,
    unit: 'records/s',
    target: { atLeast: target },
  });
}

/** A batch-response, as far as it is read here. */
interface Answered {
  readonly entry?: readonly { readonly response: { readonly status: string } }[];
}

interface Batch {
  readonly memberId: string;
  readonly records: readonly BenchRecord[];
}

/** A batch is one member's. */
function* batchesOf(records: Iterable<BenchRecord>): Generator<Batch> {
  const waiting = new Map<string, BenchRecord[]>();
  for (const record of records) {
    const { memberId } = record;
    const batch = [...(waiting.get(memberId) ?? []), renumbered(record)];
    waiting.set(memberId, batch.length < RECORDS_A_BATCH ? batch : []);
    if (batch.length === RECORDS_A_BATCH) yield { memberId, records: batch };
  }
}

/** The numbers of one population are those of another too. */
function renumbered({ content, ...record }: BenchRecord): BenchRecord {
  const identifier = { system: systemOf(record.memberId), value: `F-${content.identifier.value}` };
  const others = content.demographics.identifiers.filter(({ system }) => system !== identifier.system);
  const demographics = { ...content.demographics, identifiers: [identifier, ...others] };
  return { ...record, content: { identifier, demographics } };
}

const bundleOf = (records: readonly BenchRecord[]): object => ({
  resourceType: 'Bundle',
  type: 'batch',
  entry: records.map((record) => {
    const { system, value } = record.content.identifier;
    const url = `Patient?identifier=${encodeURIComponent(`${system}|${value}`)}`;
    return { request: { method: 'PUT', url }, resource: patientOf(record) };
  }),
});
