// Documents keep up with the files they speak of: links lead somewhere, decisions are listed, configuration is described.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { checkout, ownFiles } from './workspace.js';

const documents = ownFiles('md');
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');

/** What may look like a link and is none: fenced code, and code in a line. */
const withoutCode = (text: string): string => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '``');

/** Targets of inline links and images, and of reference definitions. */
function targetsIn(text: string): string[] {
  const prose = withoutCode(text);
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const definitions = [...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)/gm)];
  return [...inline, ...definitions].map(([, target = '']) => target);
}

/** Where a target lies, relative to the checkout; undefined for addresses and for anchors within the document. */
function fileOf(document: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return undefined;
  const [path = ''] = target.split('#', 1);
  if (path === '') return undefined;
  return relative(checkout, join(checkout, dirname(document), decodeURIComponent(path)));
}

/** Whether a fresh clone has it: there, inside the checkout, and nothing that a tool has made. */
function isThere(path: string): boolean {
  const isOwn = !path.startsWith('..') && !/(^|\/)(node_modules|dist|\.run|\.nx)(\/|$)/.test(path);
  return isOwn && existsSync(join(checkout, path));
}

describe('a link', () => {
  it.each([
    ['[a](b.md)', ['b.md']],
    ['[a](<b.md>) and ![c](d.png "e")', ['b.md', 'd.png']],
    ['[`a`](b.ts#L1)', ['b.ts#L1']],
    ['[a]: ../b.md', ['../b.md']],
    ['`[a](b.md)`', []],
    ['```\n[a](b.md)\n```', []],
  ])('is found in %j', (text, expected) => {
    expect(targetsIn(text)).toEqual(expected);
  });

  it.each([
    ['docs/a.md', '../README.md', 'README.md'],
    ['docs/a.md', 'adr/README.md#here', 'docs/adr/README.md'],
    ['docs/a.md', '#here', undefined],
    ['docs/a.md', 'https://example.org', undefined],
  ])('in %s to %s leads to %s', (document, target, expected) => {
    expect(fileOf(document, target)).toBe(expected);
  });

  it('into a generated folder, out of the checkout or to nothing leads nowhere', () => {
    expect(['node_modules/jest', '../elsewhere.md', 'docs/no-such-file.md'].filter(isThere)).toEqual([]);
    expect(isThere('README.md')).toBe(true);
  });
});

describe('the documents', () => {
  it.each(documents.map((path) => [path]))('%s has no link that leads nowhere', (document) => {
    const files = targetsIn(read(document)).flatMap((target) => fileOf(document, target) ?? []);
    expect(files.filter((file) => !isThere(file))).toEqual([]);
  });

  it('are there for every service, library and folder of tools', () => {
    const folders = ['apps', 'libs'].flatMap((root) =>
      readdirSync(join(checkout, root)).map((name) => join(root, name)),
    );
    const described = new Set(documents);
    const owned = folders.filter((folder) => existsSync(join(checkout, folder, 'package.json')));
    expect(owned.length).toBeGreaterThan(20);
    expect([...owned, 'bench', 'deploy', 'test'].filter((folder) => !described.has(`${folder}/README.md`))).toEqual([]);
  });

  it('list every decision record', () => {
    const records = documents.filter((path) => /^docs\/adr\/\d{4}-/.test(path)).map((path) => basename(path));
    const listed = targetsIn(read('docs/adr/README.md'));
    expect(listed.filter((target) => /^\d{4}-/.test(target)).sort()).toEqual([...records].sort());
  });

  const configurations = ownFiles('config.ts').filter((path) => path.startsWith('apps/'));
  it.each(configurations.map((path) => [path]))('describe every variable of %s', (path) => {
    const variables = [...read(path).matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map(([, name = '']) => name);
    const readme = read(`${path.split('/').slice(0, 2).join('/')}/README.md`);
    expect(variables.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
