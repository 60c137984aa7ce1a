// The README names every variable that a service reads, in the order of the schema.
import { readFileSync } from 'node:fs';

import { serviceConfigSchema } from './service.config.js';

it('describes every variable', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, section = ''] = /^## Configuration of every service\n([\s\S]*?)\n\n[^|\n]/m.exec(readme) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name),
  );
  expect(named).toEqual(Object.keys(serviceConfigSchema.shape));
});
