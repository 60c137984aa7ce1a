import { type ForwardedRequest, Refusal, Serves, claimsOf } from '@hie/service-kit';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';

import { memberRegistrationSchema, suspensionSchema } from './member-registration.js';
import { type MemberView, viewOf } from './member-view.js';
import { MembersHandler } from './members.handler.js';
import { ReachableEndpoints } from './reachable-endpoints.js';

const manages = { purposes: ['HSYSADMIN'], scopes: ['exchange/participants.manage'] } as const;
const reads = { purposes: ['HSYSADMIN', 'HCOMPL'], scopes: ['exchange/participants.read', ...manages.scopes] } as const;

/** The administrators' door, behind the gateway. */
@Controller('members')
export class MembersController {
  constructor(
    private readonly members: MembersHandler,
    private readonly endpoints: ReachableEndpoints,
  ) {}

  @Get()
  @Serves(reads)
  async list(): Promise<{ members: MemberView[] }> {
    return { members: (await this.members.list()).map(viewOf) };
  }

  @Post()
  @Serves(manages)
  async register(@Body() body: unknown, @Req() request: ForwardedRequest): Promise<MemberView> {
    const parsed = memberRegistrationSchema.safeParse(body);
    if (!parsed.success) throw new Refusal('registration-invalid', 422);
    const isReachable = await this.endpoints.allow(parsed.data.endpoints.map(({ url }) => url));
    if (!isReachable) throw new Refusal('endpoint-not-allowed', 422);
    return viewOf(await this.members.register(parsed.data, claimsOf(request)));
  }

  @Post(':memberId/suspension')
  @HttpCode(200)
  @Serves(manages)
  async suspend(@Param('memberId') memberId: string, @Body() body: unknown, @Req() request: ForwardedRequest) {
    const parsed = suspensionSchema.safeParse(body);
    if (!parsed.success) throw new Refusal('reason-missing', 422);
    return viewOf(await this.members.suspend(memberId, parsed.data.reason, claimsOf(request)));
  }

  @Delete(':memberId/suspension')
  @Serves(manages)
  async resume(@Param('memberId') memberId: string, @Req() request: ForwardedRequest): Promise<MemberView> {
    return viewOf(await this.members.resume(memberId, claimsOf(request)));
  }
}
