// The table of topics in docs/architecture.md is the one in the code.
import { readFileSync } from 'node:fs';

import type { Retention } from './event-type.js';
import { services } from './services.js';
import { eventTypes } from './topics.js';

const page = readFileSync(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
const HOUR_MS = 3_600_000;

function said(retention: Retention): string {
  if (retention.kind === 'compact') return 'compact';
  const hours = retention.retentionMs / HOUR_MS;
  return hours === 1 ? '1 hour' : `${hours / 24} days`;
}

const named = (producers: readonly string[]): string =>
  producers.length === services.length ? 'every service' : producers.join(', ');

it('says who writes and who may read each topic, and how long it is kept', () => {
  const rows = [...page.matchAll(/^\| `([a-z.]+\.v\d+)` +\|(.+)\|$/gm)].map(([, topic, rest = '']) => {
    const [producers, consumers, , kept] = rest.split('|').map((cell) => cell.trim());
    return { topic, producers, consumers, kept };
  });
  expect(rows).toEqual(
    eventTypes.map(({ topic, producers, consumers, retention }) => ({
      topic,
      producers: named(producers),
      consumers: named(consumers),
      kept: said(retention),
    })),
  );
});
