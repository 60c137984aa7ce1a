import { isRole } from '@hie/purpose-of-use';
import { type ForwardedRequest, Refusal, Serves, claimsOf, isUuid } from '@hie/service-kit';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';

import { administratorOf } from './decide-administration.js';
import { PeopleList, type PersonView } from './people-list.js';
import { type IssuedInvitation, PeopleHandler } from './people.handler.js';
import { personInvitationSchema, reasonSchema, recoverySchema } from './person-invitation.js';
import { RecoveryHandler } from './recovery.handler.js';

/** The administrators' door for people, behind the gateway. */
@Controller('people')
@Serves({ purposes: ['HSYSADMIN'], scopes: ['exchange/people.manage'] })
export class PeopleController {
  constructor(
    private readonly people: PeopleHandler,
    private readonly recoveries: RecoveryHandler,
    private readonly list: PeopleList,
  ) {}

  @Get()
  async all(@Req() request: ForwardedRequest): Promise<{ readonly people: readonly PersonView[] }> {
    return { people: await this.list.seenBy(administratorOf(claimsOf(request))) };
  }

  @Post()
  invite(@Body() body: unknown, @Req() request: ForwardedRequest): Promise<IssuedInvitation> {
    const parsed = personInvitationSchema.safeParse(body);
    if (!parsed.success) throw new Refusal('invitation-invalid', 422);
    return this.people.invite(parsed.data, claimsOf(request));
  }

  @Post(':personId/disablement')
  @HttpCode(200)
  async disable(@Param('personId') id: string, @Body() body: unknown, @Req() request: ForwardedRequest) {
    const parsed = reasonSchema.safeParse(body);
    if (!parsed.success) throw new Refusal('reason-missing', 422);
    return this.list.view(await this.people.disable(known(id), parsed.data.reason, claimsOf(request)));
  }

  @Delete(':personId/disablement')
  async enable(@Param('personId') id: string, @Req() request: ForwardedRequest): Promise<PersonView> {
    return this.list.view(await this.people.enable(known(id), claimsOf(request)));
  }

  @Put(':personId/roles/:role')
  async grant(@Param('personId') id: string, @Param('role') role: string, @Req() request: ForwardedRequest) {
    if (!isRole(role)) throw new Refusal('role-unknown', 422);
    return this.list.view(await this.people.grantRole(known(id), role, claimsOf(request)));
  }

  @Delete(':personId/roles/:role')
  async withdraw(@Param('personId') id: string, @Param('role') role: string, @Req() request: ForwardedRequest) {
    if (!isRole(role)) throw new Refusal('role-unknown', 422);
    return this.list.view(await this.people.withdrawRole(known(id), role, claimsOf(request)));
  }

  @Post(':personId/recovery')
  @HttpCode(202)
  async requestRecovery(@Param('personId') id: string, @Body() body: unknown, @Req() request: ForwardedRequest) {
    const parsed = recoverySchema.safeParse(body);
    if (!parsed.success) throw new Refusal('recovery-invalid', 422);
    await this.recoveries.request(known(id), parsed.data.appLost, claimsOf(request));
    return {};
  }

  @Post(':personId/recovery/approval')
  @HttpCode(200)
  approveRecovery(@Param('personId') id: string, @Req() request: ForwardedRequest): Promise<IssuedInvitation> {
    return this.recoveries.approve(known(id), claimsOf(request));
  }
}

/** @throws Refusal `person-unknown` for what has not even the form of an id. */
function known(personId: string): string {
  if (!isUuid(personId)) throw new Refusal('person-unknown', 404);
  return personId;
}
