import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CertificateAuthority, Leaf } from '../certificates/certificate-authority.js';
import type { RunFolder } from '../run/run-folder.js';

/** What a local exchange has for systems that register themselves (UDAP). */
export interface LocalTrustCommunity {
  /** The gateway's certificate for the metadata that it signs: its URI is the FHIR base. */
  readonly leaf: Leaf;
  /** Who may register, as the operator lists them: nobody, until somebody writes an authority into it. */
  readonly trustPath: string;
}

export async function localTrustCommunity(
  run: RunFolder,
  certificates: CertificateAuthority,
  fhirBase: string,
): Promise<LocalTrustCommunity> {
  const trustPath = join(run.folder('udap'), 'trust.json');
  const nobody = { anchors: [], revocationLists: [], members: [] };
  if (!existsSync(trustPath)) writeFileSync(trustPath, JSON.stringify(nobody), { mode: 0o600 });
  return { leaf: await certificates.leaf('udap', [fhirBase]), trustPath };
}
