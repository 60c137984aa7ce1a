import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** One package of the workspace. */
export interface Project {
  /** Its folder, relative to the checkout. */
  readonly root: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags?: readonly string[] };
}

export const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(checkout, path), 'utf8')) as T;

/** Folders that tools write into (`.gitignore`). */
const generated = ['node_modules', 'dist', 'bundle', 'coverage'];

/** The project's own files with one of these endings, as paths relative to the checkout. */
export const ownFiles = (...endings: readonly string[]): readonly string[] =>
  endings.flatMap((ending) =>
    globSync(`**/*.${ending}`, { cwd: checkout, exclude: (path) => generated.includes(basename(path)) }),
  );

/** The packages that the root's `workspaces` name. */
export function readProjects(): readonly Project[] {
  const { workspaces = [] } = readJson<Manifest>('package.json');
  const manifests = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: checkout }));
  return manifests.map((path) => {
    const { name, dependencies = {}, devDependencies = {}, nx } = readJson<Manifest>(path);
    return {
      root: dirname(path),
      name,
      tags: nx?.tags ?? [],
      dependencies: Object.keys(dependencies),
      devDependencies: Object.keys(devDependencies),
    };
  });
}

/** The first circle of dependencies, as the names on it; undefined when there is none. */
export function findCircle(projects: readonly Project[]): readonly string[] | undefined {
  const byName = new Map(projects.map((project) => [project.name, project]));
  const finished = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (finished.has(name)) return undefined;
    for (const next of byName.get(name)?.dependencies.filter((each) => byName.has(each)) ?? []) {
      const circle = walk(next, [...path, name]);
      if (circle !== undefined) return circle;
    }
    finished.add(name);
    return undefined;
  };
  for (const { name } of projects) {
    const circle = walk(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
