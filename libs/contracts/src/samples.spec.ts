// What was once sent lies on a topic for as long as that is kept, and in dead letters longer: each committed sample parses for ever, what
// is JSON inside it too. A sample is named by the hash of what it says, so that one can be added and none changed.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';

import { answerSchema } from './answer-assembled.js';
import { querySchema } from './query-requested.js';
import { eventTypes } from './topics.js';

const folder = new URL('../samples/', import.meta.url);

/** Bodies that are JSON text inside an event. */
const inner = { query: querySchema, answer: answerSchema };

const samplesOf = (topic: string) =>
  readdirSync(new URL(`${topic}/`, folder)).map(
    (file) => [file, JSON.parse(readFileSync(new URL(`${topic}/${file}`, folder), 'utf8')) as unknown] as const,
  );

const nameOf = (sample: unknown): string =>
  `${createHash('sha256').update(JSON.stringify(sample)).digest('hex').slice(0, 12)}.json`;

it('has samples of every topic, of past ones too', () => {
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(eventTypes.map(({ topic }) => topic)));
});

describe.each(eventTypes.map((type) => [type.topic, type] as const))('%s', (topic, { schema, example }) => {
  it.each(samplesOf(topic))('still parses %s', (file, sample) => {
    expect(file).toBe(nameOf(sample));
    const body = schema.parse(sample) as Readonly<Record<string, unknown>>;
    for (const [field, innerSchema] of Object.entries(inner)) {
      if (typeof body[field] === 'string') innerSchema.parse(JSON.parse(body[field]));
    }
  });

  it('has today’s example among them', () => {
    expect(samplesOf(topic).map(([file]) => file)).toContain(nameOf(example));
  });
});
