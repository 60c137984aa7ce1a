import type { ForwardedRequest } from '@hie/service-kit';
import type { FastifyReply } from 'fastify';

import { type CallerRequest, callerOf } from '../edge/caller.js';
import type { Owner, OwnerClient } from './owner-client.js';

export type DoorRequest = CallerRequest & Pick<ForwardedRequest, 'rawBody'>;

/** Hands a request to the service that owns what it is about, as it came, and its answer back. */
export async function passOn(
  owners: OwnerClient,
  owner: Owner,
  request: DoorRequest,
  reply: FastifyReply,
  contentType = 'application/json',
): Promise<void> {
  const body = request.rawBody?.toString('utf8');
  const answer = await owners.forward(callerOf(request), {
    owner,
    method: request.method as 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: request.url,
    ...(body === undefined ? {} : { body, contentType }),
  });
  await reply
    .status(answer.status)
    .type(contentType)
    .send(answer.body ?? '');
}
