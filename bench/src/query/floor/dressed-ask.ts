import { randomBytes, randomUUID } from 'node:crypto';

import { OPERATOR } from '@hie/contracts';
import { type AuditWriter, type MessageWriter, type OutboxRelay } from '@hie/messaging';
import type { GroupCommitter } from '@hie/persistence';
import { type TokenVerifier, type TransactionClaims, digestOf, mintTransactionTokenBy } from '@hie/purpose-of-use';
import type { FileKeyring } from '@hie/service-kit';

import type { Awaited } from './door.js';
import { dressedOut } from './dressed-contracts.js';
import { PAYLOAD_BYTES } from './hops.js';

export const ISSUER = 'https://floor.example';
export const AUDIENCE = 'floor.example';
const DEADLINE_MS = 15_000;

export interface AskParts {
  readonly keyring: FileKeyring;
  readonly tokens: TokenVerifier;
  readonly writer: MessageWriter;
  readonly audit: AuditWriter;
  readonly committer: GroupCommitter;
  readonly relay: OutboxRelay;
  readonly awaited: Awaited;
}

// Random, so that it is as incompressible after encoding as a record is after sealing.
const filler = randomBytes((PAYLOAD_BYTES * 3) / 4).toString('base64');

/** What the gateway does with a question, without the question: token, seal, ledger entry, one commit, and off. */
export function dressedAsk({
  keyring,
  tokens,
  writer,
  audit,
  committer,
  relay,
  awaited,
}: AskParts): () => Promise<Buffer> {
  const type = dressedOut('gateway');
  if (type === undefined) throw new RangeError('The floor begins at the gateway.');
  return async () => {
    const claims = claimsNow();
    const [key] = keyring.signingKeys('token');
    const token = await mintTransactionTokenBy(claims, key);
    tokens.minted(token, claims);
    const asked = await writer.writeWithin(type, { txn: claims.txn, filler }, writer.begin(token, claims), {
      decision: 'asked',
    });
    const facts = { action: 'floor.asked', outcome: 'success' } as const;
    const audited = await audit.write(facts, { claims, seals: [asked.sealDigest] });
    const outputs = [asked.record, audited.record];
    const origin = { topic: 'door', partition: 0, offset: '0' };
    const unit = { ...origin, msgId: claims.txn, part: 'ask', outputs };
    const sending = committer.commit(unit).then(() => void relay.handOff(outputs));
    const [answer] = await Promise.all([awaited.wait(claims.txn), sending]);
    return answer;
  };
}

function claimsNow(): TransactionClaims {
  const nowMs = Date.now();
  const iat = Math.floor(nowMs / 1000);
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    iat,
    nbf: iat,
    exp: iat + 60,
    jti: randomUUID(),
    txn: randomUUID(),
    sub: 'floor-client',
    req_wl: ['gateway'],
    scope: 'floor',
    tctx: {
      purp: 'ETREAT',
      qh: digestOf(filler),
      // The one organisation that has a wrapping key without having been brought in.
      org: OPERATOR,
      res: ['AllergyIntolerance'],
      deadline: nowMs + DEADLINE_MS,
    },
    rctx: { req_ip: '127.0.0.1', xrid: randomUUID() },
  };
}
