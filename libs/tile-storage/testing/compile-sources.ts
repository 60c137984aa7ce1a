import { transformFile } from '@swc/core';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const libraries = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Compiles this library with its test programs, and the one it stands on, from their sources as they are now, so that a
 * test can run them in a process of their own.
 *
 * @returns the folder with the compiled `testing/`.
 */
export async function compileSources(into: string): Promise<string> {
  const log = join(into, 'node_modules/@hie/transparency-log');
  await compileFolder(join(libraries, 'transparency-log/src'), join(log, 'src'));
  await writeFile(join(log, 'package.json'), JSON.stringify({ type: 'module', exports: './src/index.js' }));
  await compileFolder(join(libraries, 'tile-storage/src'), join(into, 'src'));
  await compileFolder(join(libraries, 'tile-storage/testing'), join(into, 'testing'));
  await writeFile(join(into, 'package.json'), JSON.stringify({ type: 'module' }));
  return join(into, 'testing');
}

async function compileFolder(from: string, to: string): Promise<void> {
  for (const file of await readdir(from, { recursive: true })) {
    if (!file.endsWith('.ts') || file.endsWith('spec.ts')) continue;
    const { code } = await transformFile(join(from, file), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
      module: { type: 'es6' },
    });
    const target = join(to, file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
}
