import { Public, SERVICE_CONFIG, peerOf } from '@hie/service-kit';
import { Body, Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';

import { EnrolmentHandler } from '../enrolment/enrolment.handler.js';
import { setEnrolmentCookie } from '../enrolment/enrolment.controller.js';
import type { IdentityProviderConfig } from '../identity-provider.config.js';
import { CurrentProvider } from '../oidc/current-provider.js';
import { checkOwnForm, fieldOf } from '../pages/own-form.js';
import { sendPage } from '../pages/page-reply.js';
import { PageFilter } from '../pages/page.filter.js';
import { signInPage } from '../pages/pages.js';
import { Passkeys } from './passkeys.js';
import { SignInHandler } from './sign-in.handler.js';

const NOT_SIGNED_IN =
  'You are not signed in. The passkey was not accepted, or this account can not be used. Try again; if it stays so, ask your administrator.';
const STEP_DID_NOT_RUN = 'The passkey step did not run. It needs JavaScript: turn it on for this site and try again.';

/** The page on which people sign in; oidc-provider sends them here and takes them back. */
@Controller('interaction/:uid')
@Public()
@UseFilters(PageFilter)
export class SignInController {
  constructor(
    private readonly current: CurrentProvider,
    private readonly passkeys: Passkeys,
    private readonly handler: SignInHandler,
    private readonly enrolment: EnrolmentHandler,
    @Inject(SERVICE_CONFIG) private readonly config: IdentityProviderConfig,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.page(request, reply);
  }

  @Post()
  async signIn(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkOwnForm(request, this.config.ISSUER);
    const { uid, params } = await this.current.get().interactionDetails(request.raw, reply.raw);
    const from = { clientId: String(params['client_id']), ...peerOf(request.raw.socket) };
    const outcome = await this.handler.signIn(fieldOf(body, 'credential'), boundTo(uid), from);
    if (outcome.kind === 'refused') {
      return this.page(request, reply, outcome.reason === 'passkey-missing' ? STEP_DID_NOT_RUN : NOT_SIGNED_IN);
    }
    if (outcome.kind === 'enrol') {
      setEnrolmentCookie(reply, await this.enrolment.openForSecondPasskey(outcome.personId));
      await reply.redirect('/enrol/passkeys', 303);
      return;
    }
    await this.goOn(request, reply, { login: { ...outcome.login } });
  }

  @Post('cancellation')
  async cancel(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkOwnForm(request, this.config.ISSUER);
    await this.goOn(request, reply, { error: 'access_denied', error_description: 'the person cancelled' });
  }

  private async goOn(
    { raw }: FastifyRequest,
    reply: FastifyReply,
    result: Parameters<Provider['interactionResult']>[2],
  ): Promise<void> {
    const onward = await this.current
      .get()
      .interactionResult(raw, reply.raw, result, { mergeWithLastSubmission: false });
    await reply.redirect(onward, 303);
  }

  private async page(request: FastifyRequest, reply: FastifyReply, error?: string): Promise<void> {
    const { uid, params } = await this.current.get().interactionDetails(request.raw, reply.raw);
    const options = await this.passkeys.signInOptions(boundTo(uid));
    const formTarget = new URL(String(params['redirect_uri'])).origin;
    await sendPage(reply, signInPage({ action: `/interaction/${uid}`, options, formTarget, error }));
  }
}

const boundTo = (uid: string): string => `interaction ${uid}`;
