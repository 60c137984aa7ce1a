import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Bundle, Resource } from '@medplum/fhirtypes';

import { arrivalCards } from '../cards/arrival-cards.js';
import { coverageOutcome } from '../manifest/coverage-outcome.js';
import { mergeRecords } from '../merge/merge-records.js';
import type { SourceAnswer } from '../merge/source-answer.js';
import { operationOutcome } from '../outcome/operation-outcome.js';
import { capabilityStatement } from '../rest/capability-statement.js';
import { matchResponse } from '../rest/match-response.js';
import { searchset } from '../rest/searchset.js';
import { demographicsFromPatient } from '../demographics/demographics-from-patient.js';
import { ipsDocument } from './ips-document.js';
import { looked, quiet, request, samples, story } from './summary-samples.fixture.js';

const VALIDATOR = join('..', 'shared', 'tools', 'fhir-validate', 'run.sh');
const SYNTHEA = join('..', 'shared', 'data', 'synthea');
/** Each document takes the validator a second or two; all 23 people were valid when this was written, a third of them keeps it so. */
const EVERY_NTH_PERSON = 3;
const WITHIN_MS = 10 * 60_000;
const run = promisify(execFile);

/** One person's Synthea bundle, dealt out to three members by turns, as three members would have answered. */
function syntheaDocument(file: string): Bundle {
  const bundle = JSON.parse(readFileSync(join(SYNTHEA, file), 'utf8')) as Bundle;
  const resources = (bundle.entry ?? []).map(({ resource }) => resource).filter((one) => one !== undefined);
  const patient = resources.find(({ resourceType }) => resourceType === 'Patient');
  const key = {
    system: 'https://github.com/synthetichealth/synthea',
    value: patient?.id ?? '',
    patientId: patient?.id,
  };
  const members = ['First', 'Second', 'Third'];
  const answers = members.map((name, member): SourceAnswer => ({
    memberId: name.toLowerCase(),
    name,
    retrievedAt: request.assembledAt,
    patient: { records: [key] },
    resources: resources.filter((one, at) => one.resourceType === 'Patient' || at % members.length === member),
  }));
  const read = demographicsFromPatient(patient);
  if (!read.ok) throw new RangeError(read.expression);
  const record = mergeRecords(answers);
  expect(record.refused.filter(({ reason }) => reason !== 'unsupported-type')).toEqual([]);
  expect(
    arrivalCards({ record, coverage: [], queryUrl: 'https://hie.example/q', source: { label: 'HIE' }, uuidOf: String })
      .length,
  ).toBeGreaterThan(1);
  return ipsDocument(record, [...members.map((name) => looked(name)), quiet('Fourth')], {
    ...request,
    demographics: read.demographics,
  });
}

/** Other things that leave the gateway; base R4. */
function otherResources(): Record<string, Resource> {
  const record = mergeRecords(story);
  const coverage = [looked('Harbor'), quiet('Northside')];
  const baseUrl = 'https://gateway.hie.example/fhir';
  const search = (type: 'AllergyIntolerance' | 'MedicationRequest'): Bundle =>
    searchset(record, coverage, {
      type,
      baseUrl,
      usedParameters: 'patient=handle-1',
      names: { patientId: 'handle-1', uuidOf: request.uuidOf },
      exchange: request.exchange,
      assembledAt: request.assembledAt,
    });
  return {
    'searchset of allergies': search('AllergyIntolerance'),
    'searchset of medications': search('MedicationRequest'),
    'coverage outcome': coverageOutcome(coverage),
    refusal: operationOutcome('patient-unknown'),
    match: matchResponse(
      [{ patientId: 'handle-1', probability: 0.99, grade: 'certain', demographics: request.demographics }],
      { onlyCertain: true, count: 1, baseUrl },
    ),
    'no match': matchResponse([], { onlyCertain: true, count: 1, baseUrl }),
    'capability statement': capabilityStatement({
      baseUrl,
      name: 'Example HIE',
      softwareVersion: '0.1.0',
      date: '2026-01-01',
      takesPatientFeed: true,
    }),
  };
}

async function isOnPath(command: string): Promise<boolean> {
  return run(command, ['-version']).then(
    () => true,
    () => false,
  );
}

async function whyNot(): Promise<string | undefined> {
  if (!existsSync(VALIDATOR)) return `${VALIDATOR} is not there`;
  if (!(await isOnPath('java'))) return 'java is not installed';
  return (await isOnPath('mvn')) ? undefined : 'maven is not installed';
}

const reason = await whyNot();
if (reason !== undefined) console.info(`skipped: patient summaries were not validated, ${reason}`);
const bundles = existsSync(SYNTHEA) ? readdirSync(SYNTHEA).filter((file) => /_[0-9a-f-]{36}\.json$/.test(file)) : [];
if (bundles.length === 0) console.info(`skipped: no summaries of Synthea's people, ${SYNTHEA} is not there`);

/** What the validator says of documents beside that they pass. */
async function faultsOf(documents: Readonly<Record<string, Resource>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hie-ips-'));
  try {
    const files = await Promise.all(
      Object.entries(documents).map(async ([name, document]) => {
        const file = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.json`);
        await writeFile(file, JSON.stringify(document));
        return file;
      }),
    );
    const { stdout } = await run(VALIDATOR, ['--ips', '--min', 'error', ...files], {
      maxBuffer: 64 * 1024 * 1024,
    }).catch((failure: { stdout?: string }) => ({ stdout: failure.stdout ?? '' }));
    const verdicts = stdout.split('\n').filter((line) => /^(?:PASS|FAIL) /.test(line));
    expect(verdicts).toHaveLength(files.length);
    return stdout.split('\n').filter((line) => !line.startsWith('PASS') && line.trim() !== '');
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the HAPI validator with IPS 1.1.0', () => {
  const itHere = reason === undefined ? it : it.skip;

  itHere(
    'finds no error in any document or resource',
    async () => {
      expect(await faultsOf({ ...samples, ...otherResources() })).toEqual([]);
    },
    WITHIN_MS,
  );

  (bundles.length === 0 ? it.skip : itHere)(
    'finds no error in summaries of Synthea’s people',
    async () => {
      const people = bundles.filter((_, at) => at % EVERY_NTH_PERSON === 0);
      const documents = people.map((file, at) => [`synthea ${at}`, syntheaDocument(file)] as const);
      expect(await faultsOf(Object.fromEntries(documents))).toEqual([]);
    },
    WITHIN_MS,
  );
});
