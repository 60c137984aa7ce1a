import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openCsv, readFileRows } from './read-csv.js';

const folder = mkdtempSync(join(tmpdir(), 'hie-match-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(text: string, size: number): Promise<{ rows: string[][]; lines: number[]; pieces: number }> {
  const path = join(folder, 'file.csv');
  writeFileSync(path, text);
  const found = { rows: [] as string[][], lines: [] as number[], pieces: 0 };
  for await (const { rows, lines } of readFileRows(await openCsv(path, size))) {
    found.rows.push(...rows.map((row) => [...row]));
    found.lines.push(...lines);
    found.pieces++;
  }
  return found;
}

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

describe('a file that is cut into pieces', () => {
  it('has the rows, and the lines on which they begin, of the whole, wherever it is cut', async () => {
    const value = fc.string({ unit: fc.constantFrom('a', '"', '\n', ',', 'é', '漢', ' '), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value), { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, size) => {
          const lines: number[] = [];
          let text = 'one,two\n';
          for (const row of rows) {
            lines.push(text.split('\n').length);
            text += `${row.map(quoted).join(',')}\n`;
          }
          const found = await read(text, size);
          expect(found.rows).toEqual(rows);
          expect(found.lines).toEqual(lines);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is read in more than one piece', async () => {
    const { pieces, rows } = await read(`id,given\n${'1,Ann\n'.repeat(100)}`, 64);
    expect(pieces).toBeGreaterThan(5);
    expect(rows).toHaveLength(100);
  });

  it('says on which line a later piece is wrong', async () => {
    await expect(read(`id,given\n${'1,Ann\n'.repeat(40)}2,Bo,Ray\n${'3,Cy\n'.repeat(40)}`, 32)).rejects.toThrow(
      'line 42: 3 values where the header has 2',
    );
  });
});
