// The configuration that the README shows is taken, and its tables name every fault and every searched type.
import { readFileSync } from 'node:fs';

import { faultsSchema } from './faults/faults.js';
import { READ_ONLY_TYPES, SEARCH_PARAMETERS } from './search/search-parameters.js';
import { parseConfig } from './simulator.config.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('shows a configuration that is taken, but for its files', () => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
  const withFiles = json.replace(/"[a-z]+\.(pem|key)"/g, JSON.stringify(import.meta.filename));
  expect(parseConfig(withFiles)).toMatchObject({
    hospitals: [{ id: 'mercy', trustedClients: [{ clientId: 'broker' }] }],
  });
});

it('has a row for each fault', () => {
  const [, table = ''] = /\| fault[^\n]*\n\|[- |]+\n([\s\S]*?)\n\n/.exec(readme) ?? [];
  expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual(Object.keys(faultsSchema.shape));
});

it('names every type that is searched or read', () => {
  const [, searched = ''] = /Searched: ([\s\S]*?)\./.exec(readme) ?? [];
  const [, read = ''] = /Read only: ([\s\S]*?)\./.exec(readme) ?? [];
  expect(searched.split(/,\s+/).sort()).toEqual(Object.keys(SEARCH_PARAMETERS).sort());
  expect(read.split(/,\s+/)).toEqual([...READ_ONLY_TYPES]);
});
