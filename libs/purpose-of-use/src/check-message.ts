import { attenuate } from './authority.js';
import { digestOf } from './compact-jws.js';
import { TrustError } from './errors.js';
import { type Allowance, type OpenSeal, type SealKeys, checkLinks, openSeal, peekSeal } from './hop-seal.js';
import type { VerifySeal } from './seal-verifier.js';
import type { VerifyToken } from './token-verifier.js';
import type { TransactionClaims } from './transaction-token.js';

const CLOCK_SKEW_MS = 5_000;

/** A message as it comes off the log, before anything about it is believed. */
export interface WireMessage {
  readonly topic: string;
  readonly value: Uint8Array;
  /** The broker's own time (`LogAppendTime`), ms since the epoch. */
  readonly appendedAtMs: number;
  readonly token?: string;
  /** Oldest first; the last one seals this message. */
  readonly seals: readonly string[];
}

/** What the topic's contract says about any message on it. */
export interface MessageRules {
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
  readonly maxBytes: number;
  /** `transaction`: somebody asked, and the token says who and why. `service`: a service's own event, which moves no record. */
  readonly authority: 'transaction' | 'service';
  /** Whether a message may be acted on after the transaction's deadline (answers that come late, ledger entries). */
  readonly outlivesDeadline: boolean;
  /** `links`: the last seal vouches for those before. `signatures`: every seal is verified, by whoever acts on the whole. */
  readonly chain: 'links' | 'signatures';
}

export interface Expectation {
  /** The service that consumes. */
  readonly service: string;
  readonly rules: MessageRules;
  readonly sealKeys: SealKeys;
  /** Verifies a seal of an earlier hop, where the contract wants every signature; `sealVerifier` remembers them. */
  readonly openEarlierSeal: VerifySeal;
  readonly nowMs: number;
  /** Verifies a token, from a cache keyed by its digest where there is one. */
  readonly verifyToken: VerifyToken;
}

export interface CheckedMessage {
  readonly seal: OpenSeal;
  /** Every hop so far, this one last. */
  readonly hops: readonly Pick<OpenSeal, 'header'>[];
  readonly claims?: TransactionClaims;
  /** What the transaction may still do at this point. */
  readonly allow?: Allowance;
}

/**
 * Checks, from the message alone and offline, who sent it, on whose authority, and until when; cheap checks first.
 *
 * The order is TRUST's: size, shape, route, producer, time, signature, chain, content, token, authority. What is left to the
 * caller: replay (the inbox), whether the handler serves the purpose (`checkPolicy`), and that the decrypted body is the
 * query the token was minted for.
 *
 * @throws TrustError; the message is dead-lettered with the code and never retried.
 */
export function checkMessage(message: WireMessage, expected: Expectation): CheckedMessage {
  const { rules } = expected;
  if (message.value.byteLength > rules.maxBytes) throw new TrustError('message-too-large', 'nothing');
  const last = message.seals.at(-1);
  if (last === undefined) throw new TrustError('header-missing', 'nothing');
  const peeked = peekSeal(last);
  const { kid, header } = peeked;
  if (header.topic !== message.topic) throw new TrustError('topic-mismatch', 'shape');
  if (!rules.consumers.includes(expected.service)) throw new TrustError('not-a-consumer', 'shape');

  const known = expected.sealKeys.get(kid);
  const isOver = known?.untilMs !== undefined && message.appendedAtMs > known.untilMs;
  if (known === undefined || isOver) throw new TrustError('seal-key-unknown', 'route');
  if (!rules.producers.includes(known.service)) throw new TrustError('producer-not-allowed', 'route');

  checkTimes(header, message.appendedAtMs, expected);
  const seal = openSeal(last, expected.sealKeys, peeked);
  if (digestOf(message.value) !== header.ch) throw new TrustError('body-mismatch', 'seal');
  if (rules.authority === 'service') return { seal, hops: [seal] };

  const linked = checkLinks(message.seals, peeked);
  const openEarlier = (earlier: string, hop: number) => expected.openEarlierSeal(earlier, linked[hop]);
  const hops = rules.chain === 'signatures' ? [...message.seals.slice(0, -1).map(openEarlier), seal] : linked;
  const claims = checkToken(message.token, seal, expected);
  const allow = attenuate(
    claims,
    hops.map((hop) => hop.header.allow),
  );
  return { seal, hops, claims, allow };
}

function checkTimes(header: OpenSeal['header'], appendedAtMs: number, { rules, nowMs }: Expectation): void {
  const sealedAtMs = header.iat * 1000;
  if (sealedAtMs > appendedAtMs + CLOCK_SKEW_MS) throw new TrustError('seal-in-future', 'producer');
  if (rules.outlivesDeadline) return;
  if (sealedAtMs + 1000 < appendedAtMs - CLOCK_SKEW_MS) throw new TrustError('seal-backdated', 'producer');
  if (header.deadline !== undefined && header.deadline <= nowMs) throw new TrustError('deadline-passed', 'producer');
}

function checkToken(token: string | undefined, { header }: OpenSeal, expected: Expectation): TransactionClaims {
  if (token === undefined) throw new TrustError('header-missing', 'chain');
  const digest = digestOf(token);
  if (digest !== header.tth) throw new TrustError('token-other-message', 'chain');
  const claims = expected.verifyToken(token, digest);
  if (claims.txn !== header.txn) throw new TrustError('token-other-message', 'token');
  const skewS = CLOCK_SKEW_MS / 1000;
  if (header.iat < claims.iat - skewS || header.iat > claims.exp) throw new TrustError('seal-outside-token', 'token');
  return claims;
}
