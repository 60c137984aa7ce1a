import { type ForwardedRequest, Refusal, Serves, claimsOf } from '@hie/service-kit';
import { Body, Controller, Delete, Param, Post, Req } from '@nestjs/common';

import { type MemberView, viewOf } from '../members/member-view.js';
import { type ClientOfMember, ClientKeysHandler } from './client-keys.handler.js';
import { readClientKey } from './client-key.js';

const manages = { purposes: ['HSYSADMIN'], scopes: ['exchange/participants.manage'] } as const;

/** The administrators' door to the keys of a member's client, behind the gateway. */
@Controller('members/:memberId/clients/:clientId/keys')
export class ClientKeysController {
  constructor(private readonly keys: ClientKeysHandler) {}

  @Post()
  @Serves(manages)
  async add(@Param() of: ClientOfMember, @Body() body: unknown, @Req() request: ForwardedRequest): Promise<MemberView> {
    const key = readClientKey(body);
    if (key === undefined) throw new Refusal('key-invalid', 422);
    return viewOf(await this.keys.add(of, key, claimsOf(request)));
  }

  @Delete(':thumbprint')
  @Serves(manages)
  async withdraw(
    @Param() of: ClientOfMember,
    @Param('thumbprint') thumbprint: string,
    @Req() request: ForwardedRequest,
  ): Promise<MemberView> {
    return viewOf(await this.keys.withdraw(of, thumbprint, claimsOf(request)));
  }
}
