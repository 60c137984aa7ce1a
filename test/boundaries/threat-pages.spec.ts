// The threat model and the map of controls say which test shows what: each one they name is in the file they name, no row goes
// without a test in silence, and no threat or paragraph has two rows that could contradict each other. That their links lead somewhere is held by markdown-links.spec.ts.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { checkout } from './workspace.js';

const pages = ['docs/threat-model.md', 'docs/controls.md'];
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');

/** A test as a page names it: `path › title`, or `path › title › case` for one row of a table of cases. */
interface NamedTest {
  readonly path: string;
  readonly title: string;
  readonly row?: string;
}

function testsIn(text: string): readonly NamedTest[] {
  return [...text.matchAll(/`([^`\s]+spec\.ts) › ([^`\n]+)`/g)].map(([, path = '', named = '']) => {
    const [title = '', row] = named.split(' › ');
    return { path, title, ...(row === undefined ? {} : { row }) };
  });
}

/** Whether a source has the text as the first argument of a call, which is where a title stands, `%s` and all. */
const isCalledWith = (source: string, title: string): boolean => literal('\\(', title).test(source);

/** Whether a source has the text as the first of a list, which is where the name of a case stands. */
const hasCase = (source: string, row: string): boolean => literal('\\[', row).test(source);

const literal = (before: string, text: string): RegExp => new RegExp(`${before}\\s*(['"\`])${escaped(text)}\\1\\s*,`);

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function isThere({ path, title, row }: NamedTest): boolean {
  if (!existsSync(join(checkout, path))) return false;
  const source = read(path);
  return isCalledWith(source, title) && (row === undefined || hasCase(source, row));
}

/** The cells below a column's head, of every table that has one. */
function column(text: string, head: string): readonly string[] {
  const cells: string[] = [];
  let at = -1;
  for (const line of text.split('\n')) {
    const row = line.startsWith('|') ? line.split('|').map((cell) => cell.trim()) : [];
    if (row.length === 0) at = -1;
    else if (at < 0) at = row.indexOf(head);
    else if (!/^:?-+:?$/.test(row[at] ?? '')) cells.push(row[at] ?? '');
  }
  return cells;
}

/** Heads of the column that says what a row is about. */
const subjects = ['threat', 'paragraph', 'risk'];

const twice = (cells: readonly string[]): readonly string[] => cells.filter((cell, at) => cells.indexOf(cell) !== at);

const saysThatNone = /\bno test\b|^not done yet$|^the organisation's$/;

describe('a test in a page', () => {
  it('is read with its file, its title and its case', () => {
    expect(testsIn('`a/b.spec.ts › does %s › this`; `c.int-spec.ts › that`; `d.ts › none`; `path › title`')).toEqual([
      { path: 'a/b.spec.ts', title: 'does %s', row: 'this' },
      { path: 'c.int-spec.ts', title: 'that' },
    ]);
  });

  it.each<[string, string, boolean]>([
    ["it('does it (once)', () => {});", 'does it (once)', true],
    ['it.each([\n  1,\n])(\n  "does %s",\n  () => {});', 'does %s', true],
    ["it('does it twice', () => {});", 'does it', false],
    ["// does it\nit('is', () => {});", 'does it', false],
  ])('is looked for in %j as %j: %j', (source, title, expected) => {
    expect(isCalledWith(source, title)).toBe(expected);
  });

  it('is missed when the file, the title or the case is another', () => {
    const path = 'test/boundaries/workspace.spec.ts';
    expect(isThere({ path, title: 'would find one' })).toBe(true);
    expect(isThere({ path, title: 'would find two' })).toBe(false);
    expect(isThere({ path, title: 'would find one', row: 'no such case' })).toBe(false);
    expect(isThere({ path: 'test/boundaries/no-such.spec.ts', title: 'would find one' })).toBe(false);
  });
});

describe('a column', () => {
  it('has the cells of every table with that head, and of no other', () => {
    const text = '| a | test |\n| - | ---- |\n| 1 | x |\n| 2 | y |\n\n| a | b |\n| - | - |\n| 1 | z |\n';
    expect(column(text, 'test')).toEqual(['x', 'y']);
  });
});

describe('what stands twice', () => {
  it('is found once for each time too many', () => {
    expect(twice(['a', 'b', 'a', 'c', 'a'])).toEqual(['a', 'a']);
  });
});

describe.each(pages.map((page) => [page]))('%s', (page) => {
  it('names tests that are there', () => {
    const named = testsIn(read(page));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((each) => !isThere(each))).toEqual([]);
  });

  it('says of every control which test shows it, or that none does', () => {
    const cells = column(read(page), 'test');
    expect(cells.length).toBeGreaterThan(30);
    expect(cells.filter((cell) => testsIn(cell).length === 0 && !saysThatNone.test(cell))).toEqual([]);
  });

  it('has one row for each threat, paragraph or risk', () => {
    const about = subjects.flatMap((head) => column(read(page), head));
    expect(about.length).toBeGreaterThan(30);
    expect(twice(about)).toEqual([]);
  });
});
