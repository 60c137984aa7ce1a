import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type Hospital, type MemberPart, distribute, loadBundle } from '@hie/population';
import { type Resource } from '@medplum/fhirtypes';

import { type MemberRecords } from './member-records.js';

/** A folder of bundles could not be read. `file` names the one at fault; the content is never part of the message. */
export class BundleFolderError extends Error {
  constructor(
    readonly code: 'unreadable-folder' | 'unreadable-file' | 'several-patients' | 'nobody',
    readonly file: string,
    cause?: unknown,
  ) {
    super('a folder of FHIR bundles could not be loaded', { cause });
    this.name = 'BundleFolderError';
  }
}

const SHARED_TYPES: ReadonlySet<string> = new Set(['Organization', 'Practitioner', 'Location', 'Medication']);

/**
 * Loads a folder of FHIR transaction bundles as Synthea writes them, and spreads each person over the hospitals (`distribute`).
 * Files are taken in the order of their names, so that local numbers stay; bundles without a patient are passed over.
 *
 * @returns the records of each hospital, in the order of `hospitals`.
 * @throws BundleFolderError
 */
export async function bundleRecords(
  folder: string,
  hospitals: readonly Hospital[],
  seed: number,
): Promise<readonly MemberRecords[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new BundleFolderError('unreadable-folder', folder, cause);
  });
  const parts: MemberPart[] = [];
  let index = 0;
  for (const name of names.filter((file) => file.endsWith('.json')).sort()) {
    const outcome = loadBundle(await parsed(join(folder, name)));
    if (outcome.kind === 'several-patients') throw new BundleFolderError('several-patients', name);
    if (outcome.kind === 'loaded') parts.push(...distribute(outcome.person, index++, hospitals, seed));
  }
  if (index === 0) throw new BundleFolderError('nobody', folder);
  return hospitals.map((_, hospital) => recordsOf(parts.filter((part) => part.hospital === hospital)));
}

async function parsed(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new BundleFolderError('unreadable-file', file, cause);
  }
}

function recordsOf(parts: readonly MemberPart[]): MemberRecords {
  const byId = new Map(parts.map((part) => [part.mrn, part]));
  const clinical = (part: MemberPart): readonly Resource[] =>
    part.resources.filter(({ resourceType }) => !SHARED_TYPES.has(resourceType));
  const owners = new Map<string, string>(
    parts.flatMap((part) =>
      clinical(part).map(({ resourceType, id }) => [`${resourceType}/${id ?? ''}`, part.mrn] as const),
    ),
  );
  const shared = new Map(
    parts
      .flatMap((part) => part.resources.filter(({ resourceType }) => SHARED_TYPES.has(resourceType)))
      .map((resource) => [`${resource.resourceType}/${resource.id ?? ''}`, resource]),
  );
  return {
    patientCount: parts.length,
    patientIds: () => byId.keys(),
    *columns() {
      for (const { mrn, patient } of parts) {
        const name = patient.name?.[0];
        yield {
          id: mrn,
          family: name?.family ?? '',
          given: name?.given?.[0] ?? '',
          birthDate: patient.birthDate ?? '',
        };
      }
    },
    patient: (id) => byId.get(id)?.patient,
    chart: (id) => {
      const part = byId.get(id);
      return part && clinical(part);
    },
    patientOf: (type, id) => owners.get(`${type}/${id}`),
    shared: [...shared.values()],
  };
}
