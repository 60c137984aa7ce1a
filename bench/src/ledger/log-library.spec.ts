// The benchmark itself, on a log so small that its figures mean nothing: that it measures what it says, and what it makes of
// what it measured.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { measureAppending } from './measure-appending.js';
import { measureProving } from './measure-proving.js';
import { measuredEntries, openMeasuredLog } from './measured-log.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-bench-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('appends all entries, as it says', async () => {
  const figures = await measureAppending(folder, 512);
  expect(figures.filter(({ target }) => target).map(({ name }) => name)).toEqual([
    'library: append in batches of 256, one at a time',
    'library: append in batches of 256, 8 in flight',
    'library: append in batches of 256, 32 in flight',
  ]);
  for (const name of ['log-1', 'log-8', 'log-32']) {
    expect(await readdir(join(folder, name, 'tile/entries'))).toEqual(['000', '001']);
  }
  expect(figures.every(({ value }) => value > 0)).toBe(true);
});

it('proves entries of the log it is given', async () => {
  const log = await openMeasuredLog(join(folder, 'log'));
  await log.append(measuredEntries(300));
  await log.close();
  const figures = await measureProving(join(folder, 'log'), log.head, 10);
  expect(figures.map(({ unit }) => unit)).toEqual(['ms', 'ms', 'ms']);
});

it('says whether a target is met', () => {
  const measured = { name: 'x', unit: 's' };
  expect(figure({ ...measured, value: 1.23456 })).toEqual({ name: 'x', unit: 's', value: 1.23 });
  expect(figure({ ...measured, value: 2, target: { below: 2 } }).met).toBe(false);
  expect(figure({ ...measured, value: 1.999, target: { below: 2 } }).met).toBe(true);
  expect(figure({ ...measured, value: 2, target: { atLeast: 2 } }).met).toBe(true);
  expect(figure({ ...measured, value: 1.999, target: { atLeast: 2 } }).met).toBe(false);
});

it('takes quantiles of what it was given', () => {
  const samples = [5, 1, 4, 2, 3];
  expect([0, 0.5, 0.99, 1].map((share) => quantile(samples, share))).toEqual([1, 3, 5, 5]);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});
