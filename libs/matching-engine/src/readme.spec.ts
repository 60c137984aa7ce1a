import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createMatchIndex, decide } from './index.js';

it('does what the README says', () => {
  const index = createMatchIndex({ capacity: 1_000_000 });
  const row = index.insert({
    names: [{ given: 'Katherine', middle: 'Ann', family: "O'Neil" }],
    birthDates: ['1980-03-07'],
    sex: 'F',
    addresses: [{ street: '12 Elm Street', city: 'Dayton', postalCode: '45402' }],
    phones: ['(937) 555-0134'],
  });

  const { candidates, complete } = index.search({
    names: [{ given: 'Kate', family: 'ONeil' }],
    birthDates: ['1980-07-03'],
    addresses: [{ street: '12 ELM ST', postalCode: '45402' }],
  });
  expect(candidates[0]?.row).toBe(row);
  expect(candidates[0]?.explanation.fields[0]).toMatchObject({ field: 'given', level: 'nickname or prefix' });
  const decision = decide(
    candidates.map(({ row: id, probability, isVetoed }) => ({ id, probability, isVetoed })),
    complete,
  );
  expect(decision.kind).toBe('certain');
});

it('says in the README what this spec runs', () => {
  const squeeze = (text: string): string => text.replace(/\s+/g, '').replace(/,(?=[)\]}])/g, '');
  const folder = process.cwd().endsWith('matching-engine')
    ? process.cwd()
    : join(process.cwd(), 'libs', 'matching-engine');
  const spec = squeeze(readFileSync(join(folder, 'src', 'readme.spec.ts'), 'utf8'));
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1] ?? '';
  const statements = example
    .split('\n\n')
    .slice(1)
    .join('\n')
    .split(/;(?: \/\/.*)?\n/)
    .filter((statement) => statement.trim() !== '' && !statement.startsWith('candidates['));
  expect(statements.length).toBeGreaterThan(3);
  for (const statement of statements) expect(spec).toContain(squeeze(statement));
});
