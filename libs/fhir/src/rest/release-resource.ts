import type { Attachment, Extension, Identifier, Meta, Reference } from '@medplum/fhirtypes';

import type { ClinicalResource, MergedItem, MergedRecord, Provenance, Sourced } from '../merge/merged-record.js';
import { resourceKinds } from '../merge/resource-kinds.js';
import { UNNAMED_MEMBER } from '../merge/masked-source.js';
import { extensions, systems } from '../terminology/code-systems.js';
import { oneLine } from '../terminology/plain-text.js';
import { referencedType, rewriteReferences } from './rewrite-references.js';

/** How ids and the patient are named towards one requester. */
export interface ReleaseNames {
  /** The requester's own handle of the patient. */
  readonly patientId: string;
  /** Names to UUIDs under the requester's key (`nameBasedUuids`). */
  readonly uuidOf: (name: string) => string;
}

/** The id under which an entry is released: stable for one requester, and of no use to another. */
export function releasedId({ provenance, resource }: Sourced<ClinicalResource>, { uuidOf }: ReleaseNames): string {
  return uuidOf(`entry ${provenance.memberId} ${provenance.resource ?? JSON.stringify(resource)}`);
}

/** Who keeps an entry. */
export function memberIdentifier({ memberId }: Provenance): Identifier {
  return { system: systems.member, value: memberId };
}

/** Where an entry stands at its member: `AllergyIntolerance/123` in the member's own name space. */
export function recordIdentifier(memberId: string, resource: string): Identifier {
  return { system: `${systems.member}/${encodeURIComponent(memberId)}`, value: resource };
}

/**
 * One source's resource as it leaves the exchange.
 *
 * - Its id and its patient are the requester's own; the member's id is in its Provenance.
 * - References to what stays at the member become logical ones (`identifier` in the member's name space, with their display): they still
 *   say what was meant, and resolve to nothing wrong.
 * - Security labels and tags stay. The member's narrative goes, it is markup from outside; so does its claim to a profile, since the
 *   references it was made with are no longer there.
 */
export function releaseResource<R extends ClinicalResource>(source: Sourced<R>, names: ReleaseNames): R {
  const { resource, provenance } = source;
  const { text: _narrative, meta, extension, ...rest } = resource as R & { text?: unknown; extension?: Extension[] };
  const isNamed = provenance.memberId !== UNNAMED_MEMBER.memberId;
  const rewritten = rewriteReferences(withoutLinks(rest as unknown as ClinicalResource, provenance), (reference) =>
    logicalReference(reference, provenance),
  );
  const released = {
    ...rewritten,
    id: releasedId(source, names),
    ...withMeta(releasedMeta(meta, provenance, isNamed)),
    ...(isNamed && {
      extension: [
        ...(Array.isArray(extension) ? extension : []),
        { url: extensions.custodian, valueIdentifier: memberIdentifier(provenance) },
      ],
    }),
    [resourceKinds[resource.resourceType].subject]: { reference: `Patient/${names.patientId}` },
  };
  return released as unknown as R;
}

/** Documents without the links to where they lie at the member: the exchange fetches them, the requester can't. */
function withoutLinks(resource: ClinicalResource, { memberName }: Provenance): ClinicalResource {
  const unlinked = ({ url: _link, title, ...rest }: Attachment): Attachment => ({
    ...rest,
    title: title ?? `Held by ${oneLine(memberName, 80)}`,
  });
  if (resource.resourceType === 'DocumentReference' && Array.isArray(resource.content)) {
    return {
      ...resource,
      content: resource.content.map((one) => ({ ...one, attachment: unlinked(one.attachment ?? {}) })),
    };
  }
  if (resource.resourceType === 'Consent' && resource.sourceAttachment !== undefined) {
    return { ...resource, sourceAttachment: unlinked(resource.sourceAttachment) };
  }
  return resource;
}

function withMeta(meta: Meta): { meta?: Meta } {
  return Object.keys(meta).length === 0 ? {} : { meta };
}

function releasedMeta(meta: Meta | undefined, { memberId }: Provenance, isNamed: boolean): Meta {
  return {
    ...(typeof meta?.lastUpdated === 'string' && { lastUpdated: meta.lastUpdated }),
    ...(isNamed && { source: `${systems.member}/${encodeURIComponent(memberId)}` }),
    ...(Array.isArray(meta?.security) && { security: meta.security }),
    ...(Array.isArray(meta?.tag) && { tag: meta.tag }),
  };
}

/** A reference that keeps its meaning and no longer resolves. */
export function logicalReference(reference: Reference, { memberId }: Provenance): Reference {
  const type = referencedType(reference);
  const { display } = reference;
  return {
    ...(type !== undefined && { type }),
    identifier: recordIdentifier(memberId, oneLine(reference.reference ?? '', 200)),
    ...(display !== undefined && { display }),
  };
}

/** Every entry of the given types, refuted and mistaken ones too: they carry their own status. */
export function entriesOf(record: MergedRecord, types: readonly string[]): Sourced<ClinicalResource>[] {
  const items: readonly MergedItem<ClinicalResource>[] = [
    ...record.allergies,
    ...record.medications,
    ...record.problems,
    ...record.others,
  ];
  const all = [...items.flatMap(({ sources }) => sources), ...record.apart.map(({ source }) => source)];
  return all.filter(({ resource }) => types.includes(resource.resourceType));
}
