import type { Bundle, BundleEntry } from '@medplum/fhirtypes';

import { coverageOutcome } from '../manifest/coverage-outcome.js';
import type { CoverageRow } from '../manifest/coverage-row.js';
import { isCoverageComplete } from '../manifest/coverage-statement.js';
import type { MergedRecord } from '../merge/merged-record.js';
import { provenanceResource } from './provenance-resource.js';
import { entriesOf, type ReleaseNames, releaseResource } from './release-resource.js';

export interface SearchsetRequest {
  /** The type that was searched for. */
  readonly type: 'AllergyIntolerance' | 'MedicationRequest';
  /** The exchange's FHIR base, without a slash at its end. */
  readonly baseUrl: string;
  /** The parameters that were used (and no others), as a query string: `patient=123`. */
  readonly usedParameters: string;
  readonly names: ReleaseNames;
  readonly exchange: { readonly label: string };
  /** When the answer was assembled, ISO 8601. */
  readonly assembledAt: string;
}

/**
 * The searchset of a record search (https://hl7.org/fhir/R4/search.html): each source's resource as a match, its Provenance as an include, and
 * the coverage manifest as an outcome, so that an empty list says how far it reaches.
 *
 * `total` is left out as soon as a source has not been looked at for this type or something of it was withheld: then nobody knows the
 * total, and a number would either be wrong or tell that something is hidden.
 */
export function searchset(record: MergedRecord, coverage: readonly CoverageRow[], request: SearchsetRequest): Bundle {
  const { type, baseUrl, usedParameters, names, exchange, assembledAt } = request;
  const sources = entriesOf(record, [type]);
  const matches = sources.map((source) => releaseResource(source, names));
  const provenances = sources.map(({ provenance }, at) => {
    const id = names.uuidOf(`provenance ${matches[at]?.id ?? ''}`);
    return provenanceResource(id, { reference: `${type}/${matches[at]?.id ?? ''}` }, provenance, exchange);
  });
  const isWithheld = coverage.some(({ status }) => status === 'filtered');
  const outcome = coverageOutcome(coverage);
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    timestamp: assembledAt,
    ...(isCoverageComplete(coverage, type) && !isWithheld && { total: matches.length }),
    link: [{ relation: 'self', url: `${baseUrl}/${type}?${usedParameters}` }],
    entry: [
      ...matches.map((resource): BundleEntry => ({
        fullUrl: `${baseUrl}/${type}/${resource.id ?? ''}`,
        resource,
        search: { mode: 'match' },
      })),
      ...provenances.map((resource): BundleEntry => ({
        fullUrl: `${baseUrl}/Provenance/${resource.id ?? ''}`,
        resource,
        search: { mode: 'include' },
      })),
      {
        fullUrl: `urn:uuid:${names.uuidOf(`outcome ${type} ${assembledAt}`)}`,
        resource: outcome,
        search: { mode: 'outcome' },
      },
    ],
  };
}
