import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Resource } from '@medplum/fhirtypes';

import { population } from '../index.js';

const run = promisify(execFile);
const validator = '../shared/tools/fhir-validate/run.sh';

/** Why the HAPI validator cannot be asked here; undefined where it can. */
async function missing(): Promise<string | undefined> {
  if (!existsSync(validator)) return `the FHIR validator is not at ${validator}`;
  for (const tool of ['java', 'mvn']) {
    const found = await run(tool, ['-version']).then(
      () => true,
      () => false,
    );
    if (!found) return `${tool} is not installed`;
  }
  return undefined;
}

/** At most three resources of each shape: the same type, profile and elements. */
function sample(resources: Iterable<Resource>): readonly Resource[] {
  const seen = new Map<string, number>();
  return [...resources].filter((resource) => {
    const shape = `${resource.resourceType} ${resource.meta?.profile?.[0]} ${Object.keys(resource).join()}`;
    seen.set(shape, (seen.get(shape) ?? 0) + 1);
    return (seen.get(shape) ?? 0) <= 3;
  });
}

const reason = await missing();
if (reason !== undefined) console.info(`skipped: validation against US Core 6.1.0, because ${reason}`);

(reason === undefined ? describe : describe.skip)('US Core 6.1.0', () => {
  it('finds no error in a sample of every shape of resource', async () => {
    const region = population({ seed: 3, people: 300, hospitals: 5 });
    const resources = [...region.registrationsOf(1), ...region.registrationsOf(2)].flatMap((registration) => [
      region.patient(registration),
      ...region.chart(registration),
    ]);
    const entry = sample([...region.hospitalResources(0), ...resources]).map((resource) => ({
      fullUrl: `https://hospital.example/fhir/${resource.resourceType}/${resource.id}`,
      resource,
    }));
    const folder = await mkdtemp(join(tmpdir(), 'us-core-'));
    try {
      const file = join(folder, 'sample.json');
      await writeFile(file, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
      const { stdout } = await run(validator, ['--us-core', '--min', 'error', file], { maxBuffer: 1 << 24 });
      expect(entry.length).toBeGreaterThan(40);
      expect(stdout).toMatch(/errors=0/);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 300_000);
});
