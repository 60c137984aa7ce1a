// Claim Check (Hohpe & Woolf, Enterprise Integration Patterns): a large body is kept aside and the message holds the claim.
import { hash, randomUUID } from 'node:crypto';

import type { Retention } from '@hie/contracts';

import { claimName, isClaimName } from './claim-name.js';
import { MessagingError } from './errors.js';
import { valueForm } from './payload-envelope.js';

/** Where large bodies lie, encrypted before they get here. A port: a directory here, an S3 bucket in a region. */
export interface ObjectStore {
  put(name: string, bytes: Buffer): Promise<void>;
  /** `undefined` when there is none (any more). */
  get(name: string): Promise<Buffer | undefined>;
  /** Removes the bodies whose time, which is in their name, is over. Several may do so at once. */
  sweep(nowMs: number): Promise<void>;
}

/** Puts a sealed value aside for as long as its topic is kept, and returns the claim: its digest and where it lies. */
export async function checkIn(
  sealed: Buffer,
  store: ObjectStore,
  retention: Retention,
  nowMs: number,
): Promise<Buffer> {
  const name = claimName(randomUUID(), retention, nowMs);
  await store.put(name, sealed);
  return Buffer.concat([Buffer.of(valueForm.claim), hash('sha256', sealed, 'buffer'), Buffer.from(name)]);
}

/** Fetches what a claim stands for. @throws MessagingError `claim-missing`, `body-unreadable` when it is not the same bytes. */
export async function checkOut(claim: Buffer, store: ObjectStore): Promise<Buffer> {
  const digest = claim.subarray(1, 33);
  const name = claim.subarray(33).toString();
  if (!isClaimName(name)) throw new MessagingError('body-unreadable');
  const sealed = await store.get(name);
  if (sealed === undefined) throw new MessagingError('claim-missing');
  if (!hash('sha256', sealed, 'buffer').equals(digest)) throw new MessagingError('body-unreadable');
  return sealed;
}
