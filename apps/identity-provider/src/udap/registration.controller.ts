import { Public, peerOf } from '@hie/service-kit';
import { Body, Controller, NotFoundException, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Registered, RegistrationHandler } from './registration.handler.js';
import { RegistrationRefused } from './software-statement.js';

/** Public: a system that is not registered has nothing to show but its statement, and that is checked. */
@Controller('register')
export class RegistrationController {
  constructor(private readonly registrations: RegistrationHandler) {}

  @Post()
  @Public()
  async register(@Body() body: unknown, @Req() { raw }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { software_statement: statement } = (body ?? {}) as { readonly software_statement?: unknown };
    void reply.header('cache-control', 'no-store');
    try {
      const registered = await this.registrations.register(statement, peerOf(raw.socket));
      if (registered === undefined) throw new NotFoundException();
      await reply.status(registered.isNew ? 201 : 200).send(answerOf(registered, statement));
    } catch (error) {
      if (!(error instanceof RegistrationRefused)) throw error;
      await reply.status(400).send({ error: error.code });
    }
  }
}

/** RFC 7591, section 3.2.1; what is said is what was registered, not what was asked for. */
function answerOf({ client }: Registered, softwareStatement: unknown): object {
  const isActive = client.status === 'active';
  return {
    client_id: client.clientId,
    software_statement: softwareStatement,
    client_name: client.name,
    contacts: client.contacts,
    grant_types: isActive ? ['client_credentials'] : [],
    token_endpoint_auth_method: 'private_key_jwt',
    scope: client.scopes.join(' '),
    dpop_bound_access_tokens: client.boundBy === 'dpop',
    tls_client_certificate_bound_access_tokens: client.boundBy === 'certificate',
  };
}
