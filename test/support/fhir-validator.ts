import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { Resource } from '@medplum/fhirtypes';

/** HAPI's validator with the packages of US Core and IPS; it lies beside the project, not in it. */
const VALIDATOR = fileURLToPath(new URL('../../../shared/tools/fhir-validate/run.sh', import.meta.url));
const run = promisify(execFile);

/** Why nothing can be validated on this machine, where that is so. */
export async function whyNotValidated(): Promise<string | undefined> {
  if (!existsSync(VALIDATOR)) return 'the HAPI validator is not beside the project';
  for (const command of ['java', 'mvn']) {
    if (!(await answers(command))) return `${command} is not installed`;
  }
  return undefined;
}

/** Validates resources against R4 and, where they claim it, IPS 1.1.0. @returns the lines that are not a pass: the errors. */
export async function faultsOf(resources: Readonly<Record<string, Resource>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hie-doors-'));
  try {
    const files = Object.entries(resources).map(
      ([name, resource]) => [join(folder, `${name}.json`), resource] as const,
    );
    for (const [file, resource] of files) await writeFile(file, JSON.stringify(resource));
    const args = ['--ips', '--min', 'error', ...files.map(([file]) => file)];
    const { stdout } = await run(VALIDATOR, args, { maxBuffer: 64 * 1024 * 1024 }).catch(
      (failure: { stdout?: string }) => ({ stdout: failure.stdout ?? '' }),
    );
    const lines = stdout.split('\n').filter((line) => line.trim() !== '');
    const verdicts = lines.filter((line) => /^(?:PASS|FAIL) /.test(line));
    if (verdicts.length !== files.length) throw new RangeError('The validator did not judge every resource.');
    return lines.filter((line) => !line.startsWith('PASS ')).map((line) => line.replaceAll(folder, ''));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const answers = (command: string): Promise<boolean> =>
  run(command, ['-version']).then(
    () => true,
    () => false,
  );
