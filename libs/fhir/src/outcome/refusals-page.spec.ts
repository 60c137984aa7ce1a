// docs/refusals.md lists what the doors say, as the table in the code has it.
import { readFileSync } from 'node:fs';

import { outcomes, undisclosed } from './outcome-codes.js';

const page = readFileSync(new URL('../../../../docs/refusals.md', import.meta.url), 'utf8');
const [, section = ''] = /^## At the gateway's doors\n([\s\S]*?)^## /m.exec(page) ?? [];

it('lists every outcome with its status and issue type', () => {
  const rows = [...section.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\| `([a-z-]+)` +\|/gm)].map(
    ([, code, status, type]) => [code, Number(status), type],
  );
  expect(rows).toEqual(Object.entries(outcomes).map(([code, { status, type }]) => [code, status, type]));
});

it('names every reason that is told as another', () => {
  for (const reason of Object.keys(undisclosed)) expect(section).toContain(`\`${reason}\``);
});
