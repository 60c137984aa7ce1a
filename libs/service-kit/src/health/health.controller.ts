import { ExchangeServer } from '@hie/messaging';
import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { DataSource } from 'typeorm';

import { Public } from '../http/serves.js';
import { ReadinessRegistry } from './readiness.registry.js';

const DATABASE_TIMEOUT_MS = 1_000;

/** `live`: the process turns; restart it when not. `ready`: it has all it needs; send it work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly source: DataSource,
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
  // Its documentation would load Swagger into every service.
  @HealthCheck({ noCache: true, swaggerDocumentation: false })
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.isDatabaseThere(), () => this.isCaughtUp(), () => this.isComplete()]);
  }

  private isDatabaseThere() {
    const ping = async () => void (await this.source.query('select 1'));
    return this.indicators.check('database').attempt(ping).withTimeout(DATABASE_TIMEOUT_MS);
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
