// The example of the README is the code between the marks below, and is run. Its table of stories is the list of stories.
import { readFileSync } from 'node:fs';

import { csvLine, FLAT_RECORD_COLUMNS, population } from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

it('runs the example of the README', () => {
  // example
  const region = population({ seed: 7, people: 1_000_000, hospitals: 8 });

  // For matching: flat records with truth, in constant memory.
  const [record] = region.recordsOf(3); // or region.records(), person by person
  const csv = [FLAT_RECORD_COLUMNS.join(','), record && csvLine(record)];

  // For a member hospital: who is registered, what is on their charts.
  const [registration] = region.registrations(4711);
  const patient = registration && region.patient(registration);
  const chart = registration && region.chart(registration);

  // For a demonstration: stories whose parts lie at different hospitals.
  const [lead] = region.stories;
  // end

  expect(csv[1]).toContain(record?.rec_id);
  expect(record).toMatchObject({ source: 'h4' });
  expect(patient?.id).toBe(registration && region.mrn(registration));
  expect(chart).toEqual(expect.any(Array));
  expect(lead?.id).toBe('unconscious-arrival');
});

it('shows the code that is run', () => {
  const [, code = ''] = /\/\/ example\n([\s\S]*?)\n\s*\/\/ end/.exec(read('./readme.spec.ts')) ?? [];
  expect(code).not.toBe('');
  expect(lines(readme).join('\n')).toContain(lines(code).join('\n'));
});

it('lists the stories, in their order', () => {
  const listed = [...readme.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, id]) => id);
  expect(listed).toEqual(population({ seed: 1, people: 64, hospitals: 4 }).stories.map(({ id }) => id));
});
