import { ExchangeServer } from '@hie/messaging';
import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  HealthIndicatorService,
  TypeOrmHealthIndicator,
} from '@nestjs/terminus';

import { Public } from '../http/serves.js';
import { ReadinessRegistry } from './readiness.registry.js';

const DATABASE_TIMEOUT_MS = 1_000;

/** `live`: the process turns; restart it when not. `ready`: it has all it needs; send it work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly server: ExchangeServer,
    private readonly registry: ReadinessRegistry,
  ) {}

  @Get('live')
  @Public()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.database.pingCheck('database', { timeout: DATABASE_TIMEOUT_MS }),
      () => this.isCaughtUp(),
      () => this.isComplete(),
    ]);
  }

  private isCaughtUp() {
    const indicator = this.indicators.check('log');
    return this.server.isCaughtUp ? indicator.up() : indicator.down('catching up');
  }

  private async isComplete() {
    const indicator = this.indicators.check('parts');
    const missing = await this.registry.missing();
    return missing.length === 0 ? indicator.up() : indicator.down(missing.join(', '));
  }
}
