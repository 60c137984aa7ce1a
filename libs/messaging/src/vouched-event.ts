import { randomBytes } from 'node:crypto';

import type { AuditEvent } from '@hie/contracts';
import { bindingOf, detailsDigestOf, vouchFor } from '@hie/ledger-entry';

import type { KeyWithId } from './keyring.js';

/** An event with its service's word on it, which the ledger keeps: the seal is the message's, and goes with it. */
export function vouchedEvent(event: AuditEvent, { kid, key }: KeyWithId): AuditEvent {
  const salt = randomBytes(16).toString('base64url');
  const detailsDigest = detailsDigestOf(bindingOf(salt, event.personId), event.details);
  return { ...event, vouched: { salt, signature: vouchFor(event, detailsDigest, kid, key) } };
}
