// The example of the README is the code between the marks below, and is run.
import { readFileSync } from 'node:fs';

import { deadLetterTopic, queryRequested, topicGrants } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

it('runs the example of the README', () => {
  /* eslint-disable @typescript-eslint/no-unused-expressions -- the README shows values */
  // example
  queryRequested.topic; // 'exchange.query.requested.v1'
  queryRequested.producers; // ['gateway']
  const body = queryRequested.schema.parse(queryRequested.example);
  queryRequested.key(body); // the transaction's id: the partition key
  deadLetterTopic(queryRequested.topic); // 'exchange.query.requested.v1.dlq'
  const grants = topicGrants(); // who may read and write which topic, dead letters included
  // end
  expect(queryRequested.topic).toBe('exchange.query.requested.v1');
  expect(queryRequested.producers).toEqual(['gateway']);
  expect(queryRequested.key(body)).toBe(body.txn);
  expect(deadLetterTopic(queryRequested.topic)).toBe('exchange.query.requested.v1.dlq');
  expect(grants).toContainEqual({ service: 'gateway', topic: queryRequested.topic, operation: 'write' });
});

it('shows the code that is run', () => {
  const [, code = ''] = /\/\/ example\n([\s\S]*?)\n\s*\/\/ end/.exec(read('./readme.spec.ts')) ?? [];
  expect(code).not.toBe('');
  expect(lines(read('../README.md')).join('\n')).toContain(lines(code).join('\n'));
});
