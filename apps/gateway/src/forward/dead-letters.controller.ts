import { services } from '@hie/contracts';
import { DeadLetterDesk, Refusal, Serves, peerOf } from '@hie/service-kit';
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { callerOf, requesterOf } from '../edge/caller.js';
import { ForPeople } from '../edge/for-people.js';
import { OutcomeError } from '../http/outcome-error.js';
import { type Owner, OwnerClient } from './owner-client.js';
import { OwnerProblem } from './owner-problem.js';
import { type DoorRequest, answerWith, forwarded } from './pass-on.js';

const decides = { purposes: ['HSYSADMIN'], scopes: ['exchange/messages.replay'] } as const;

/** Doors to what each service has put aside: the service that the path names decides, the gateway about its own. */
@Controller('dead-letters/:service')
export class DeadLettersController {
  constructor(
    private readonly owners: OwnerClient,
    private readonly desk: DeadLetterDesk,
  ) {}

  @Get()
  @Serves(decides)
  @ForPeople({ roles: ['exchange-administrator'], peopleAlone: true })
  list(@Param('service') service: string, @Req() request: DoorRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(service, request, reply, () => this.desk.list());
  }

  @Post('replays')
  @Serves(decides)
  @ForPeople({ roles: ['exchange-administrator'], stepUp: 'message-replay', peopleAlone: true })
  replay(
    @Param('service') service: string,
    @Body() body: unknown,
    @Req() request: DoorRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const caller = callerOf(request);
    const requester = { ...requesterOf(caller), ...peerOf(request.raw.socket) };
    return this.answer(service, request, reply, () => this.desk.replay(body, { requester, purpose: caller.purpose }));
  }

  private async answer(service: string, request: DoorRequest, reply: FastifyReply, own: () => Promise<unknown>) {
    const named = services.find((each) => each === service);
    if (named === undefined) throw new OutcomeError('invalid-parameter', { expression: 'service' });
    const isOwn = named === 'gateway';
    const answer = isOwn ? { status: 200, body: await own().catch(asOwner) } : await this.ask(named, request);
    await answerWith(reply, answer, 'application/json');
  }

  private ask(service: Owner, request: DoorRequest) {
    return forwarded(this.owners, service, request, 'application/json');
  }
}

/** Says what another owner would have said. */
function asOwner(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  const { status, code } = error;
  throw new OwnerProblem(status, code, { type: 'about:blank', status, code });
}
