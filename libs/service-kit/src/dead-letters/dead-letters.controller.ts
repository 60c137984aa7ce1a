import { TrustError, signedInPersonOf } from '@hie/purpose-of-use';
import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';

import { Serves } from '../http/serves.js';
import { type ForwardedRequest, claimsOf } from '../http/transaction-token.guard.js';
import { DeadLetterDesk } from './dead-letter-desk.js';

const decides = { purposes: ['HSYSADMIN'], scopes: ['exchange/messages.replay'] } as const;

/** Every service's door to its dead letters, behind the gateway, which asks the service that the path names; the gateway has its own. */
@Controller('dead-letters/:service')
export class DeadLettersController {
  constructor(private readonly desk: DeadLetterDesk) {}

  @Get()
  @Serves(decides)
  list() {
    return this.desk.list();
  }

  @Post('replays')
  @HttpCode(200)
  @Serves(decides)
  replay(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const claims = claimsOf(request);
    // The gateway's word that a person signed in; a system may name whom it likes.
    if (signedInPersonOf(claims) === undefined) throw new TrustError('person-required', 'token');
    return this.desk.replay(body, { claims });
  }
}
