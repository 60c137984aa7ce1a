// The benchmark itself, on so few messages that its figures mean nothing: that it measures what it says.
import { interleaved, repeated } from '../shared/interleaved.js';
import { measureHops } from './measure-hops.js';
import { measureParts } from './measure-parts.js';
import { measureQuery } from './measure-query.js';
import { arrived, ask, contractOf, hop, readerOf, writerOf } from './measured-message.js';

it('takes its things in turn, and does not count the first round', async () => {
  const order: string[] = [];
  const samples = await interleaved(
    ['a', 'b'].map((name) => repeated(name, () => order.push(name))),
    2,
    1,
  );
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect([...samples.values()].map(({ length }) => length)).toEqual([2, 2]);
});

it.each(['small', 'large'] as const)('makes a hop that its next reader believes: %s', async (size) => {
  const onward = await hop(
    'patient-index',
    readerOf('patient-index'),
    writerOf('patient-index'),
    arrived(await ask(writerOf('gateway'), size)),
  );
  const { checked } = await readerOf('consent').read(contractOf('consent', 'in'), arrived(onward));
  expect(checked.hops.map(({ header }) => header.dec)).toEqual(['asked', 'done']);
});

it('says of each hop what it costs beside its bare operations', async () => {
  const figures = await measureHops(1, 2);
  const targets = figures.filter(({ target }) => target).map(({ name }) => name);
  expect(targets).toEqual([
    'hop of 4 KB, cold: of its bare operations',
    'hop of 4 KB, cached: of its bare operations',
    'hop of 4 KB, cached: on one core',
    'hop of 200 KB, cold',
    'hop of 200 KB, cached',
  ]);
  expect(figures.every(({ value }) => Number.isFinite(value))).toBe(true);
});

it('goes the whole way of a query, and through every part', async () => {
  const figures = [...(await measureQuery(2)), ...(await measureParts(1, 2))];
  expect(figures.every(({ value }) => value > 0)).toBe(true);
  expect(figures.filter(({ comparison }) => comparison !== undefined)).toHaveLength(10);
});
