import { Controller, Get } from '@nestjs/common';

/** Liveness and readiness: the admin listener is opened when every member listens, so both are the same. */
@Controller('health')
export class HealthController {
  @Get('live')
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  ready(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }
}
