// Every action in every outcome, judged by HAPI's validator against base R4.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Bundle } from '@medplum/fhirtypes';

import { auditActions, auditEventOf, entryOutcomes } from './index.js';
import { asked, assembled, decided, stepEntry, stranger, unattended } from './sample-entries.fixture.js';

const VALIDATOR = join('..', 'shared', 'tools', 'fhir-validate', 'run.sh');
const run = promisify(execFile);

async function whyNot(): Promise<string | undefined> {
  if (!existsSync(VALIDATOR)) return `${VALIDATOR} is not there`;
  const missing = await Promise.all(
    ['java', 'mvn'].map((command) =>
      run(command, ['-version']).then(
        () => undefined,
        () => `${command} is not installed`,
      ),
    ),
  );
  return missing.find((reason) => reason !== undefined);
}

const place = { index: 5_000_000_000, leafHash: Buffer.alloc(32, 7) };
const { details, ...destroyed } = decided;
const entries = [
  ...[
    asked,
    decided,
    assembled,
    unattended,
    stranger,
    { ...asked, purpose: 'BTG' },
    { ...asked, purpose: 'other' },
    destroyed,
  ],
  ...Object.keys(auditActions).flatMap((action) =>
    entryOutcomes.map((outcome) => stepEntry(action, { outcome, reason: 'some-code', details: { count: 3 } })),
  ),
];

const reason = await whyNot();
if (reason !== undefined) {
  if (process.env['CI']) throw new RangeError(`AuditEvents can not be validated: ${reason}`);
  console.info(`skipped: AuditEvents were not validated, ${reason}`);
}

(reason === undefined ? it : it.skip)(
  'finds no error in an AuditEvent of any kind',
  async () => {
    expect(details).toBeDefined();
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: entries.map((entry, at) => ({
        fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
        resource: { ...auditEventOf(entry, place), id: `e${at}` },
      })),
    };
    const folder = await mkdtemp(join(tmpdir(), 'hie-audit-events-'));
    try {
      const file = join(folder, 'audit-events.json');
      await writeFile(file, JSON.stringify(bundle));
      const { stdout } = await run(VALIDATOR, ['--ips', '--min', 'error', file], { maxBuffer: 64 * 1024 * 1024 }).catch(
        (failure: { stdout?: string }) => ({ stdout: failure.stdout ?? '' }),
      );
      const lines = stdout.split('\n').filter((line) => line.trim() !== '');
      expect(lines.filter((line) => !line.startsWith('PASS '))).toEqual([]);
      expect(lines).toHaveLength(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  300_000,
);
