import type { ForwardedRequest } from '@hie/service-kit';
import type { FastifyReply } from 'fastify';

import { type CallerRequest, callerOf } from '../edge/caller.js';
import type { Owner, OwnerAnswer, OwnerClient } from './owner-client.js';

export type DoorRequest = CallerRequest & Pick<ForwardedRequest, 'rawBody'>;

/** Hands a request to the service that owns what it is about, as it came, and its answer back. */
export async function passOn(
  owners: OwnerClient,
  owner: Owner,
  request: DoorRequest,
  reply: FastifyReply,
  contentType = 'application/json',
): Promise<void> {
  await answerWith(reply, await forwarded(owners, owner, request, contentType), contentType);
}

/** What the owner says to a request as it came. */
export function forwarded(
  owners: OwnerClient,
  owner: Owner,
  request: DoorRequest,
  contentType: string,
): Promise<OwnerAnswer> {
  const body = request.rawBody?.toString('utf8');
  return owners.forward(callerOf(request), {
    owner,
    method: request.method as 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: request.url,
    ...(body === undefined ? {} : { body, contentType }),
  });
}

export async function answerWith(reply: FastifyReply, answer: OwnerAnswer, contentType: string): Promise<void> {
  await reply
    .status(answer.status)
    .type(contentType)
    .send(answer.body ?? '');
}
