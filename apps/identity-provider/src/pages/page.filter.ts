import { PinoLogger } from '@hie/service-kit';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { errors } from 'oidc-provider';

import { sendPage } from './page-reply.js';
import { messagePage } from './pages.js';

/** A form that another site has sent. */
export class ForeignForm extends Error {
  override readonly name = 'ForeignForm';
  readonly retry = 'never';
  constructor() {
    super('foreign-form');
  }
}

/** What people see when something fails: a page, and nothing of the error itself. */
@Catch()
export class PageFilter implements ExceptionFilter {
  constructor(private readonly logger: PinoLogger) {}

  catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof errors.SessionNotFound) {
      const text =
        'This sign-in has ended, or was begun in another browser. Go back to the application and begin again.';
      return sendPage(reply, messagePage('This sign-in has ended', text), 400);
    }
    if (error instanceof ForeignForm) {
      return sendPage(reply, messagePage('Not accepted', 'The form did not come from this site.'), 403);
    }
    if (error instanceof HttpException && error.getStatus() < 500) {
      return sendPage(reply, messagePage('Not accepted', 'The request can not be read.'), error.getStatus());
    }
    this.logger.error({ err: error }, 'page failed');
    const text = 'Something failed here, and was recorded. Try again in a moment.';
    return sendPage(reply, messagePage('Something failed', text), 500);
  }
}
