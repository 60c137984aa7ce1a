import type { Custodian } from '@hie/contracts';
import type { SearchStage } from '@hie/fhir';

import type { Behalf } from '../member-client/backend-token.js';
import type { MemberClient } from '../member-client/member-client.js';
import { asMemberFailure } from '../member-client/member-failure.js';
import { type MemberReply, overdue } from './member-reply.js';

/** One member being asked: its reply as soon as there is one. */
export interface Asking {
  readonly custodian: Custodian;
  readonly startedAt: number;
  readonly reply: Promise<MemberReply>;
  /** The reply, once it has come. */
  settled?: MemberReply;
}

export interface AskOptions {
  readonly stage: SearchStage;
  readonly types: readonly string[];
  readonly behalf: Behalf;
  readonly signal: AbortSignal;
}

/** Asks one member; the promise never rejects, a failure is a reply. */
export function askMember(custodian: Custodian, client: MemberClient | undefined, options: AskOptions): Asking {
  const startedAt = performance.now();
  const asking: Asking = { custodian, startedAt, reply: replyOf(custodian, client, options, startedAt) };
  void asking.reply.then((reply) => {
    asking.settled = reply;
  });
  return asking;
}

/** Waits until all have replied, or the time is up; whoever has not replied then is overdue, and goes on being asked. */
export async function repliesWithin(askings: readonly Asking[], waitMs: number): Promise<readonly MemberReply[]> {
  // No abort signal: to abort one makes an exception with a stack trace, for every query, to stop a timer.
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, waitMs));
    void Promise.all(askings.map(({ reply }) => reply)).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  return repliesSoFar(askings);
}

/** What has come; whoever has not replied is overdue. */
export const repliesSoFar = (askings: readonly Asking[]): readonly MemberReply[] =>
  askings.map(({ settled, startedAt }) => settled ?? overdue(elapsedSince(startedAt)));

async function replyOf(
  { records }: Custodian,
  client: MemberClient | undefined,
  { stage, types, behalf, signal }: AskOptions,
  startedAt: number,
): Promise<MemberReply> {
  if (client === undefined) return { kind: 'failed', status: 'not-asked', reason: 'member-suspended', elapsedMs: 0 };
  try {
    const answer = await client.ask({ records, stage, types, behalf, signal });
    return { kind: 'answered', answer, elapsedMs: elapsedSince(startedAt), retrievedAt: new Date().toISOString() };
  } catch (error) {
    const { status, code } = asMemberFailure(error);
    return { kind: 'failed', status, reason: code, elapsedMs: elapsedSince(startedAt) };
  }
}

const elapsedSince = (startedAt: number): number => Math.round((performance.now() - startedAt) * 10) / 10;
