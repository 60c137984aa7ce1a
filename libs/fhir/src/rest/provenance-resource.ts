import type { Provenance as FhirProvenance, Reference } from '@medplum/fhirtypes';

import type { Provenance } from '../merge/merged-record.js';
import { UNNAMED_MEMBER } from '../merge/masked-source.js';
import { PROJECT, systems } from '../terminology/code-systems.js';
import { memberIdentifier, recordIdentifier } from './release-resource.js';

const LIFECYCLE = 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle';

/**
 * A FHIR Provenance (https://hl7.org/fhir/R4/provenance.html) of one released entry: who keeps it, as what, when it was fetched, and by
 * which rules the exchange read it.
 */
export function provenanceResource(
  id: string,
  target: Reference,
  provenance: Provenance,
  exchange: { readonly label: string },
): FhirProvenance {
  const { memberId, memberName, resource, alsoAs = [], retrievedAt, transform } = provenance;
  const sources = resource === undefined || memberId === UNNAMED_MEMBER.memberId ? [] : [resource, ...alsoAs];
  return {
    resourceType: 'Provenance',
    id,
    target: [target],
    recorded: retrievedAt,
    policy: [`${PROJECT}/merge-rules/${transform}`],
    activity: {
      coding: [{ system: LIFECYCLE, code: 'transform', display: 'Transform/Translate Record Lifecycle Event' }],
    },
    agent: [
      {
        type: { coding: [{ system: systems.provenanceAgent, code: 'custodian', display: 'Custodian' }] },
        who: { identifier: memberIdentifier(provenance), display: memberName },
      },
      {
        type: { coding: [{ system: systems.provenanceAgent, code: 'assembler', display: 'Assembler' }] },
        who: { display: exchange.label },
      },
    ],
    ...(sources.length > 0 && {
      entity: sources.map((one) => ({
        role: 'source' as const,
        what: { identifier: recordIdentifier(memberId, one) },
      })),
    }),
  };
}
