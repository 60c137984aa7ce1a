import { type Figure, figure } from '../shared/figure.js';
import { type Samples, type Timed, interleaved, repeated } from '../shared/interleaved.js';
import { quantile } from '../shared/quantile.js';
import { bareHop, bareOperations } from './bare-operations.js';
import { type Size, arrived, ask, forget, hop, jsonOfBody, readerOf, writerOf } from './measured-message.js';

const SERVICE = 'patient-index';
const sizes = ['small', 'large'] as const satisfies readonly Size[];
const title: Readonly<Record<Size, string>> = { small: '4 KB', large: '200 KB' };
const states = ['cold', 'cached'] as const;
type State = (typeof states)[number];

const hopName = (size: Size, state: State) => `hop of ${title[size]}, ${state}`;
const bareName = (size: Size, state: State) => `its operations on node:crypto alone, ${title[size]}, ${state}`;
const jsonName = (size: Size) => `JSON of a body of ${title[size]}, written and read`;

/**
 * A hop as a service does it (`MessageReader.read`, `MessageWriter.writeWithin`) beside the operations it consists of. Cold, each
 * message belongs to a transaction never seen; cached, its token has been verified for an earlier message. What the body's own JSON
 * takes is measured beside it and left out of the hop: a message whose sender is believed unseen has it too.
 */
export async function measureHops(rounds: number, runsARound: number): Promise<readonly Figure[]> {
  const timed = await Promise.all(
    sizes.flatMap((size) => [
      Promise.resolve(repeated(jsonName(size), () => jsonOfBody(size))),
      ...states.flatMap((state) => [timedHop(size, state), timedBare(size, state)]),
    ]),
  );
  const samples = await interleaved(timed, rounds, runsARound);
  return sizes.flatMap((size) => [
    ...states.flatMap((state) => figuresOf(size, state, samples)),
    figure({ name: jsonName(size), value: quantile(samples.get(jsonName(size)) ?? [], 0.5), unit: 'µs' }),
  ]);
}

function timedHop(size: Size, state: State): Promise<Timed> {
  const [gateway, writer, reader] = [writerOf('gateway'), writerOf(SERVICE, 'away'), readerOf(SERVICE)];
  const prepare = async (count: number) => {
    forget();
    const fresh = state === 'cold' ? await Promise.all(Array.from({ length: count }, () => ask(gateway, size))) : [];
    const again = await ask(gateway, size);
    // As many untimed, so that what the messages just made leave to the collector is not counted as theirs.
    for (let at = 0; at < count; at += 1) await hop(SERVICE, reader, writer, arrived(again));
    return async () => {
      for (let at = 0; at < count; at += 1) await hop(SERVICE, reader, writer, arrived(fresh[at] ?? again));
    };
  };
  return Promise.resolve({ name: hopName(size, state), prepare });
}

async function timedBare(size: Size, state: State): Promise<Timed> {
  const operations = bareOperations(arrived(await ask(writerOf('gateway'), size)), size);
  return repeated(bareName(size, state), () => {
    bareHop(operations, { token: state === 'cached' });
  });
}

function figuresOf(size: Size, state: State, samples: Samples): readonly Figure[] {
  const bare = samples.get(bareName(size, state)) ?? [];
  const json = samples.get(jsonName(size)) ?? [];
  const hops = (samples.get(hopName(size, state)) ?? []).map((value, round) => value - (json[round] ?? Number.NaN));
  const ratios = hops.map((value, round) => value / (bare[round] ?? Number.NaN));
  const [ofHop, ofBare, ratio] = [hops, bare, ratios].map((each) => quantile(each, 0.5)) as [number, number, number];
  const name = hopName(size, state);
  const scaled = (value: number) => (size === 'large' ? value / 1000 : value);
  const comparison = { name: bareName(size, state), value: scaled(ofBare), ratio };
  if (size === 'large') {
    return [figure({ name, value: scaled(ofHop), unit: 'ms', target: { atMost: 1 }, comparison })];
  }
  const rate = { name: `${name}: on one core`, value: 1e6 / ofHop, unit: 'hops/s' };
  return [
    figure({ name, value: ofHop, unit: 'µs', comparison }),
    figure({
      name: `${name}: of its bare operations`,
      value: ratio,
      unit: 'times',
      target: { atMost: 1.5 },
      comparison,
    }),
    figure(state === 'cached' ? { ...rate, target: { atLeast: 3_000 } } : rate),
  ];
}
