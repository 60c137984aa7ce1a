import { ExchangeServer } from '@hie/messaging';
import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';

import { Public } from '../http/serves.js';
import { ReadinessRegistry } from './readiness.registry.js';

const DATABASE_TIMEOUT_MS = 1_000;

interface Readiness {
  readonly status: 'ok' | 'error';
  /** What is missing, for a waiting operator. */
  readonly down?: readonly string[];
}

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
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    try {
      await this.health.check([() => this.isDatabaseThere(), () => this.isOnTheLog(), () => this.isComplete()]);
      return { status: 'ok' };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.status(error.getStatus());
      return { status: 'error', down: downIn(error.getResponse() as HealthCheckResult) };
    }
  }

  private isDatabaseThere() {
    const ping = async () => void (await this.source.query('select 1'));
    return this.indicators.check('database').attempt(ping).withTimeout(DATABASE_TIMEOUT_MS);
  }

  private isOnTheLog() {
    const indicator = this.indicators.check('log');
    if (!this.server.isCaughtUp) return indicator.down('catching up');
    return this.server.isHeard ? indicator.up() : indicator.down('silent');
  }

  private async isComplete() {
    const indicator = this.indicators.check('parts');
    const missing = await this.registry.missing();
    return missing.length === 0 ? indicator.up() : indicator.down(missing.join(', '));
  }
}

/** The names of what is down, with what this file says of it; what a database's client says is for nobody at the door. */
const downIn = ({ error = {} }: HealthCheckResult): readonly string[] =>
  Object.entries(error).map(([name, indicator]) => {
    const message: unknown = indicator?.['message'];
    return name === 'database' || typeof message !== 'string' ? name : `${name}: ${message}`;
  });
