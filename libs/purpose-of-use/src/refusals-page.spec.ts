// docs/refusals.md has a row for every code of this library. A union of types has no list at run time, so its source is read.
import { readFileSync } from 'node:fs';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('has a row for every code, in the order of the source', () => {
  const [, union = ''] = /export type TrustErrorCode =([^;]+);/.exec(read('./errors.ts')) ?? [];
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
  const [, section = ''] =
    /^## Tokens, seals and purposes\n([\s\S]*?)^## /m.exec(read('../../../docs/refusals.md')) ?? [];
  const rows = [...section.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(30);
  expect(rows).toEqual(codes);
});
