import { setTimeout as pause } from 'node:timers/promises';

import { closedLoop } from './closed-loop.js';

it('keeps as many questions in flight as it was told, and never more', async () => {
  let open = 0;
  let most = 0;
  const ask = async () => {
    most = Math.max(most, (open += 1));
    await pause(5);
    open -= 1;
    return {};
  };
  const { latenciesMs, elapsedMs } = await closedLoop(ask, 4, 100);
  expect(most).toBe(4);
  expect(latenciesMs.length).toBeGreaterThanOrEqual(8);
  expect(latenciesMs.every((ms) => ms >= 4)).toBe(true);
  expect(elapsedMs).toBeGreaterThanOrEqual(100);
});

it('counts failures by what they were, and not as answers', async () => {
  let number = 0;
  const ask = () => Promise.resolve((number += 1) % 2 === 0 ? { failure: '503' } : {});
  const { latenciesMs, failures } = await closedLoop(ask, 1, 60);
  expect(failures['503']).toBeGreaterThan(0);
  expect(Math.abs(latenciesMs.length - (failures['503'] ?? 0))).toBeLessThanOrEqual(1);
});

it('ends where nothing is ever answered', async () => {
  const { latenciesMs, failures } = await closedLoop(() => Promise.resolve({ failure: 'down' }), 2, 20);
  expect(latenciesMs).toEqual([]);
  expect(failures['down']).toBeGreaterThan(0);
});

it('tells how many of the answers that were looked into were whole, and named who was missing', async () => {
  let number = 0;
  const ask = async () => {
    await pause(1);
    number += 1;
    return number % 2 === 0 ? {} : { inspection: { whole: number % 4 === 1, namesMissing: number % 4 === 3 } };
  };
  const { inspected, whole, namingMissing, latenciesMs } = await closedLoop(ask, 1, 60);
  expect(whole + namingMissing).toBe(inspected);
  expect(Math.abs(inspected - latenciesMs.length / 2)).toBeLessThanOrEqual(1);
});
