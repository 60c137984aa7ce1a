import { Public, SERVICE_CONFIG, peerOf } from '@hie/service-kit';
import { Body, Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { IdentityProviderConfig } from '../identity-provider.config.js';
import { checkOwnForm, fieldOf } from '../pages/own-form.js';
import { sendPage } from '../pages/page-reply.js';
import { PageFilter } from '../pages/page.filter.js';
import { appPage, codePage, enrolledPage, passkeysPage } from '../pages/pages.js';
import { AUTHENTICATORS_WANTED } from '../people/decide-account.js';
import { PasskeyRefused } from '../sign-in/passkey-refused.js';
import { Passkeys } from '../sign-in/passkeys.js';
import { ENROLMENT_COOKIE } from './enrolment-sessions.js';
import { type Enrolment, EnrolmentHandler } from './enrolment.handler.js';

const CODE_NOT_TAKEN =
  'This code can not be used: it was mistyped, was used before, has expired, or is not to be used yet. Check it, or ask your administrator.';
const APP_CODE_WRONG = 'The app’s code was not right. Wait for the next one and type its six digits.';
const PASSKEY_NOT_TAKEN =
  'The passkey was not registered. Your device must ask for your fingerprint, face or PIN. Try again.';
const STEP_DID_NOT_RUN = 'The passkey step did not run. It needs JavaScript: turn it on for this site and try again.';

/** The pages that lead from a one-time code to two passkeys. */
@Controller('enrol')
@Public()
@UseFilters(PageFilter)
export class EnrolmentController {
  constructor(
    private readonly handler: EnrolmentHandler,
    private readonly passkeys: Passkeys,
    @Inject(SERVICE_CONFIG) private readonly config: IdentityProviderConfig,
  ) {}

  @Get()
  code(@Res() reply: FastifyReply): Promise<void> {
    return sendPage(reply, codePage());
  }

  @Post()
  async open(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkOwnForm(request, this.config.ISSUER);
    const opened = await this.handler.open(fieldOf(body, 'code').slice(0, 64), peerOf(request.raw.socket));
    if ('refused' in opened) return sendPage(reply, codePage({ error: CODE_NOT_TAKEN }));
    setEnrolmentCookie(reply, opened.cookie);
    await reply.redirect('/enrol/app', 303);
  }

  @Get('app')
  async app(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const enrolment = await this.handler.find(cookieOf(request));
    if (enrolment?.session.stage !== 'app') return void (await reply.redirect('/enrol', 303));
    await sendPage(reply, appPage({ email: enrolment.details.email, secret: enrolment.secret }));
  }

  @Post('app')
  async confirmApp(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkOwnForm(request, this.config.ISSUER);
    const enrolment = await this.handler.find(cookieOf(request));
    if (enrolment?.session.stage !== 'app') return void (await reply.redirect('/enrol', 303));
    if (await this.handler.confirmApp(enrolment, fieldOf(body, 'code'), peerOf(request.raw.socket))) {
      return void (await reply.redirect('/enrol/passkeys', 303));
    }
    const { details, secret } = enrolment;
    await sendPage(reply, appPage({ email: details.email, secret, error: APP_CODE_WRONG }));
  }

  @Get('passkeys')
  async showPasskeys(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const enrolment = await this.handler.find(cookieOf(request));
    if (enrolment?.session.stage !== 'passkeys') return void (await reply.redirect('/enrol', 303));
    await this.passkeysPage(enrolment, enrolment.passkeys, reply);
  }

  @Post('passkeys')
  async register(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    checkOwnForm(request, this.config.ISSUER);
    const enrolment = await this.handler.find(cookieOf(request));
    if (enrolment?.session.stage !== 'passkeys') return void (await reply.redirect('/enrol', 303));
    try {
      await this.passkeys.register(enrolment.person.personId, fieldOf(body, 'credential'), boundTo(enrolment));
    } catch (error) {
      if (!(error instanceof PasskeyRefused)) throw error;
      const told = error.code === 'passkey-missing' ? STEP_DID_NOT_RUN : PASSKEY_NOT_TAKEN;
      return this.passkeysPage(enrolment, enrolment.passkeys, reply, told);
    }
    await this.handler.passkeyAdded(enrolment, peerOf(request.raw.socket));
    await reply.redirect('/enrol/passkeys', 303);
  }

  private async passkeysPage(
    enrolment: Enrolment,
    passkeys: number,
    reply: FastifyReply,
    error?: string,
  ): Promise<void> {
    if (passkeys >= AUTHENTICATORS_WANTED) return sendPage(reply, enrolledPage());
    const { person, details } = enrolment;
    const options = await this.passkeys.registrationOptions(person.personId, details, boundTo(enrolment));
    await sendPage(reply, passkeysPage({ passkeys, options, error }));
  }
}

const boundTo = ({ session }: Enrolment): string => `enrolment ${session.cookieHash.toString('base64url')}`;

export function setEnrolmentCookie(reply: FastifyReply, value: string): void {
  void reply.header('set-cookie', `${ENROLMENT_COOKIE}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict`);
}

function cookieOf({ headers }: FastifyRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === ENROLMENT_COOKIE)?.[1];
}
