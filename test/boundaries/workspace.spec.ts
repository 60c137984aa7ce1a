import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Project, checkout, findCircle, ownFiles, readJson, readProjects } from './workspace.js';

const projects = readProjects();
const sources = ownFiles('ts', 'mts', 'mjs', 'js');
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');
const linesIn = (path: string): number => read(path).split('\n').length - 1;

const types = ['service', 'domain', 'contract', 'platform', 'testing', 'tool'];
const MAX_LINES = 400;

describe('the workspace', () => {
  it('holds every package there is', () => {
    const manifests = ownFiles('json').filter((path) => path.endsWith('/package.json'));
    expect(projects.map(({ root }) => `${root}/package.json`).sort()).toEqual([...manifests].sort());
  });

  it.each(projects.map((project) => [project.name, project] as const))(
    '%s has one scope and one type that the boundaries know, and a lint target',
    (_name, { root, tags }) => {
      expect(tags.map((tag) => tag.split(':')[0]).sort()).toEqual(['scope', 'type']);
      expect(types.map((type) => `type:${type}`)).toContain(tags.find((tag) => tag.startsWith('type:')));
      expect(readJson(`${root}/package.json`)).toHaveProperty('nx.targets.lint');
    },
  );

  it('gives a scope of its own to everything outside of libs', () => {
    const own = projects.filter(({ root }) => !root.startsWith('libs/'));
    const scopes = own.map(({ tags }) => tags.find((tag) => tag.startsWith('scope:')));
    expect(new Set(scopes).size).toBe(own.length);
    expect(scopes).not.toContain('scope:shared');
  });

  it('has no circle of dependencies', () => {
    expect(findCircle(projects)).toBeUndefined();
  });

  it('would find one', () => {
    const project = (name: string, ...dependencies: string[]): Project => ({
      ...{ root: name, name, tags: [], devDependencies: [] },
      dependencies,
    });
    expect(findCircle([project('a', 'b'), project('b', 'c'), project('c', 'b')])).toEqual(['b', 'c', 'b']);
    expect(findCircle([project('a', 'b', 'c'), project('b', 'c'), project('c')])).toBeUndefined();
  });
});

describe('a package', () => {
  const names = new Set(projects.map(({ name }) => name));
  const importsOf = ({ root }: Project, kind: 'code' | 'spec'): readonly string[] => {
    const own = sources.filter((path) => path.startsWith(`${root}/`));
    const chosen = own.filter((path) => /\.(int-)?spec\.ts$/.test(path) === (kind === 'spec'));
    const found = chosen.flatMap((path) => [...read(path).matchAll(/(?:from|import\()\s*'(@hie\/[^'/]+)[^']*'/g)]);
    return [...new Set(found.map(([, name = '']) => name))].filter((name) => names.has(name));
  };

  const all = projects.map((project) => [project.name, project] as const);

  it.each(all)('%s lists the packages of the workspace that it imports', (_name, project) => {
    const { dependencies, devDependencies } = project;
    expect(dependencies).toEqual(expect.arrayContaining([...importsOf(project, 'code')]));
    expect([...dependencies, ...devDependencies]).toEqual(expect.arrayContaining([...importsOf(project, 'spec')]));
  });

  it.each(all.filter(([, { root }]) => /^(libs|apps)\//.test(root)))('%s lists no others', (_name, project) => {
    const used = [...importsOf(project, 'code'), ...importsOf(project, 'spec')];
    const listed = [...project.dependencies, ...project.devDependencies].filter((name) => names.has(name));
    expect(listed.filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe('the files', () => {
  it('are sources of at most 400 lines', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((path) => linesIn(path) > MAX_LINES)).toEqual([]);
  });

  it('hold a lock file that says what is installed and not where from', () => {
    const { packages } = readJson<{ packages: Record<string, { resolved?: string; link?: boolean }> }>(
      'package-lock.json',
    );
    const located = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
    expect(located).toEqual([]);
    expect(Object.keys(packages)).toEqual(expect.arrayContaining(projects.map(({ root }) => root)));
  });

  it('lock exactly what the packages list', () => {
    type Listing = Record<'dependencies' | 'devDependencies', Record<string, string> | undefined>;
    const { packages } = readJson<{ packages: Record<string, Listing> }>('package-lock.json');
    for (const { root } of projects) {
      const { dependencies = {}, devDependencies = {} } = readJson<Listing>(`${root}/package.json`);
      expect({ root, ...packages[root] }).toMatchObject({
        root,
        ...(Object.keys(dependencies).length === 0 ? {} : { dependencies }),
        ...(Object.keys(devDependencies).length === 0 ? {} : { devDependencies }),
      });
      expect(Object.keys(packages[root]?.dependencies ?? {})).toHaveLength(Object.keys(dependencies).length);
      expect(Object.keys(packages[root]?.devDependencies ?? {})).toHaveLength(Object.keys(devDependencies).length);
    }
  });
});
