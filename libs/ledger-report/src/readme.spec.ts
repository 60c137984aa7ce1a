// The example of the README is the code between the marks below, and is run.
import { readFileSync } from 'node:fs';

import { auditEventOf } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

it('runs the example of the README', () => {
  /* eslint-disable @typescript-eslint/no-unused-expressions -- the README shows values */
  // example
  const event = auditEventOf({
    eventId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
    service: 'document-query',
    action: 'answer.assembled',
    outcome: 'success',
    purpose: 'ETREAT',
    requester: { memberId: 'mercy-general', clientId: 'mercy-general-emr' },
    details: { stage: 'critical' },
    at: '2026-01-02T03:04:05.678Z',
  });
  event.type?.display; // 'Export'
  event.agent?.map(({ type }) => type?.coding?.[0]?.display); // who receives, its organisation, and the service that gives
  // end
  expect(event.type?.display).toBe('Export');
  expect(event.agent?.map(({ type }) => type?.coding?.[0]?.display)).toEqual([
    'Destination Role ID',
    'healthcare provider',
    'Source Role ID',
  ]);
});

it('shows the code that is run', () => {
  const [, code = ''] = /\/\/ example\n([\s\S]*?)\n\s*\/\/ end/.exec(read('./readme.spec.ts')) ?? [];
  expect(code).not.toBe('');
  expect(lines(read('../README.md')).join('\n')).toContain(lines(code).join('\n'));
});
