import { type ForwardedRequest, Refusal, Serves } from '@hie/service-kit';
import { Body, Controller, Get, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { z } from 'zod';

import { WritersDoorGuard } from '../follow-writer/writers-door.guard.js';
import { stewardOf } from '../review-identities/acting-person.js';
import { parsed } from '../review-identities/parsed.js';
import { ModelsHandler } from './models.handler.js';
import { readModel } from './read-model.js';

const manages = { purposes: ['RECORDMGT'], scopes: ['exchange/identity.manage'] } as const;
const promotionSchema = z.object({ confirmsImplausible: z.boolean().default(false) }).strict();

/** Models of the match engine, behind the gateway. */
@Controller('identity/models')
@UseGuards(WritersDoorGuard)
export class ModelsController {
  constructor(private readonly models: ModelsHandler) {}

  @Get()
  @Serves(manages)
  async list(@Req() request: ForwardedRequest) {
    stewardOf(request);
    return { models: await this.models.list() };
  }

  @Post()
  @Serves(manages)
  async register(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const steward = stewardOf(request);
    const registration = readModel(body);
    if (registration === undefined) throw new Refusal('model-invalid', 422);
    return { version: await this.models.register(registration, steward) };
  }

  @Post(':version/promotion')
  @HttpCode(200)
  @Serves(manages)
  async promote(@Param('version') version: string, @Body() body: unknown, @Req() request: ForwardedRequest) {
    const steward = stewardOf(request);
    const { confirmsImplausible } = parsed(promotionSchema, body ?? {}, 'promotion-invalid', 422);
    return { version: await this.models.promote(version, steward, confirmsImplausible) };
  }
}
