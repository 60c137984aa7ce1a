import { type Figure, figure } from '../shared/figure.js';
import { type Samples, type Timed, interleaved, repeated } from '../shared/interleaved.js';
import { quantile } from '../shared/quantile.js';
import { bareHop, bareOperations } from './bare-operations.js';
import { type Size, arrived, ask, forget, hop, readerOf, writerOf } from './measured-message.js';

const SERVICE = 'patient-index';
const kinds = ['small', 'large'] as const satisfies readonly Size[];
const title: Readonly<Record<Size, string>> = { small: '4 KB', large: '200 KB' };
const states = ['cold', 'cached'] as const;
type State = (typeof states)[number];

const hopName = (size: Size, state: State) => `hop of ${title[size]}, ${state}`;
const bareName = (size: Size, state: State) => `bare operations of a hop of ${title[size]}, ${state}`;

/**
 * A hop as a service does it (`MessageReader.read`, `MessageWriter.writeWithin`) beside the operations it consists of. Cold, each
 * message belongs to a transaction never seen; cached, its token has been verified for an earlier message.
 */
export async function measureHops(rounds: number, runsARound: number): Promise<readonly Figure[]> {
  const timed = await Promise.all(
    kinds.flatMap((size) => states.flatMap((state) => [timedHop(size, state), timedBare(size, state)])),
  );
  const samples = await interleaved(timed, rounds, runsARound);
  return kinds.flatMap((size) => states.flatMap((state) => figuresOf(size, state, samples)));
}

async function timedHop(size: Size, state: State): Promise<Timed> {
  const [gateway, writer, reader] = [writerOf('gateway'), writerOf(SERVICE), readerOf(SERVICE)];
  return {
    name: hopName(size, state),
    prepare: async (count) => {
      forget();
      const fresh = state === 'cold' ? await Promise.all(Array.from({ length: count }, () => ask(gateway, size))) : [];
      const again = await ask(gateway, size);
      await hop(SERVICE, reader, writer, arrived(again));
      return async () => {
        for (let at = 0; at < count; at += 1) await hop(SERVICE, reader, writer, arrived(fresh[at] ?? again));
      };
    },
  };
}

async function timedBare(size: Size, state: State): Promise<Timed> {
  const operations = bareOperations(arrived(await ask(writerOf('gateway'), size)), size);
  return repeated(bareName(size, state), () => {
    bareHop(operations, { token: state === 'cached' });
  });
}

function figuresOf(size: Size, state: State, samples: Samples): readonly Figure[] {
  const hops = samples.get(hopName(size, state)) ?? [];
  const bare = samples.get(bareName(size, state)) ?? [];
  const [ofHop, ofBare] = [quantile(hops, 0.5), quantile(bare, 0.5)];
  const ratio = quantile(
    hops.map((value, round) => value / (bare[round] ?? Number.NaN)),
    0.5,
  );
  const comparison = { name: bareName(size, state), value: ofBare, ratio };
  const isLarge = size === 'large';
  const cost = figure({
    name: hopName(size, state),
    value: isLarge ? ofHop / 1000 : ofHop,
    unit: isLarge ? 'ms' : 'µs',
    ...(isLarge ? { target: { atMost: 1 }, comparison: { ...comparison, value: ofBare / 1000 } } : { comparison }),
  });
  if (isLarge) return [cost];
  const times = figure({
    name: `${hopName(size, state)}: of its bare operations`,
    value: ratio,
    unit: 'times',
    target: { atMost: 1.5 },
    comparison,
  });
  const rate = figure({
    name: `${hopName(size, state)}: on one core`,
    value: 1e6 / ofHop,
    unit: 'hops/s',
    ...(state === 'cached' ? { target: { atLeast: 3_000 } } : {}),
  });
  return [cost, times, rate];
}
