// UDAP Security 1.0, section 5.2.1 (B2B Authorization Extension Object): https://hl7.org/fhir/us/udap-security/b2b.html
// IHE IUA, 3.71.4.1.2.1 (JWT extension `ihe_iua`): https://profiles.ihe.net/ITI/IUA/index.html
import { type Purpose, TrustError, soleOf } from '@hie/purpose-of-use';
import { z } from 'zod';

/** Why a token is refused for its purpose; the text is what the client is told. */
export class PurposeRefused extends Error {
  override readonly name = 'PurposeRefused';
  constructor(
    readonly code:
      'purpose-missing' | 'purpose-unknown' | 'purpose-ambiguous' | 'purpose-not-granted' | 'organization-mismatch',
  ) {
    super(code);
  }
}

const b2bSchema = z.object({
  version: z.literal('1'),
  organization_id: z.string(),
  purpose_of_use: z.array(z.string()).min(1).max(8),
  subject_id: z.string().max(256).optional(),
  subject_name: z.string().max(256).optional(),
  subject_role: z.string().max(256).optional(),
});

const iuaSchema = z.object({
  purpose_of_use: z
    .array(z.object({ system: z.string(), code: z.string() }))
    .min(1)
    .max(8),
  subject_organization_id: z.string().optional(),
  person_id: z.string().max(256).optional(),
});

const assertionSchema = z.object({
  extensions: z.object({ 'hl7-b2b': b2bSchema.optional(), ihe_iua: iuaSchema.optional() }).optional(),
});

export interface PurposeRequest {
  /** Claims of the client assertion, its signature already verified. */
  readonly assertion: unknown;
  /** The form parameter `purpose_of_use`, for clients that know no extension. */
  readonly parameter: string | undefined;
  readonly organizationId: string;
  /** What the client is registered for. */
  readonly registered: readonly string[];
}

export interface GrantedPurpose {
  readonly purpose: Purpose;
  /** The acting person, as the member names them. */
  readonly user?: string;
}

/**
 * Decides the one purpose a token is for.
 *
 * It is asked for in the assertion's `hl7-b2b` or `ihe_iua` extension or by the form parameter; all that are there must agree. There is no default, and what
 * the client is not registered for is refused, never narrowed to something else.
 *
 * @throws PurposeRefused
 */
export function requestedPurpose(request: PurposeRequest): GrantedPurpose {
  const parsed = assertionSchema.safeParse(request.assertion);
  if (!parsed.success) throw new PurposeRefused('purpose-unknown');
  const { 'hl7-b2b': b2b, ihe_iua: iua } = parsed.data.extensions ?? {};
  const organizations = [b2b?.organization_id, iua?.subject_organization_id].filter((id) => id !== undefined);
  if (organizations.some((id) => id !== request.organizationId)) throw new PurposeRefused('organization-mismatch');
  const asked = [
    ...(b2b?.purpose_of_use ?? []),
    ...(iua?.purpose_of_use ?? []).map(({ system, code }) => `${system}|${code}`),
    ...(request.parameter === undefined ? [] : [request.parameter]),
  ];
  const purpose = sole(asked);
  if (!request.registered.includes(purpose)) throw new PurposeRefused('purpose-not-granted');
  const user = b2b?.subject_id ?? iua?.person_id;
  return { purpose, ...(user === undefined ? {} : { user }) };
}

function sole(asked: readonly string[]): Purpose {
  try {
    return soleOf(asked);
  } catch (error) {
    if (error instanceof TrustError) throw new PurposeRefused(error.code as PurposeRefused['code']);
    throw error;
  }
}
