import { measureService } from './measure-service.js';

// The benchmark once looked for the log where it no longer was, and nobody knew before somebody ran it.
it('the ledger’s stage runs from events on Kafka to receipts, on so little that its figures mean nothing', async () => {
  const figures = await measureService({ warmUp: 20, told: 300, ratedS: 1, ratedWarmUps: 1, commits: 20 });
  expect(figures.map(({ name }) => name)).toEqual([
    'PostgreSQL: bare single-row commits, 8 at once',
    'service: events from Kafka to a signed head',
    'service: receipt at 500/s, p50',
    'service: receipt at 500/s, p99',
  ]);
  expect(figures.filter(({ value }) => !(Number.isFinite(value) && value > 0))).toEqual([]);
}, 180_000);
