import 'reflect-metadata';

import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { type CanActivate, Controller, type ExecutionContext, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { OutcomeFilter } from './outcome.filter.js';
import { RefusalRecorder } from './refusal-recorder.js';

// Once Nest itself is loaded: the library is CommonJS and requires it, which Jest refuses while it is loading.
const { AddressThrottler, ClientThrottler } = await import('./throttlers.js');

const PER_CLIENT = 3;
const PER_ADDRESS = 10;

/** In place of the edge: whoever says a name is let in under it. */
@Injectable()
class NamedCaller implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; caller?: object }>();
    const clientId = request.headers['x-client'];
    if (clientId !== undefined) request.caller = { clientId };
    return true;
  }
}

@Controller()
class Doors {
  @Get('members')
  members(): string {
    return 'members';
  }

  @Get('health/live')
  live(): string {
    return 'live';
  }
}

@Controller('queries')
class OtherDoors {
  @Get()
  queries(): string {
    return 'queries';
  }
}

@Module({
  controllers: [Doors, OtherDoors],
  providers: [
    ...[AddressThrottler, NamedCaller, ClientThrottler, OutcomeFilter],
    {
      provide: SERVICE_CONFIG,
      useValue: { RATE_LIMIT_PER_MINUTE: PER_CLIENT, ADDRESS_LIMIT_PER_MINUTE: PER_ADDRESS },
    },
    { provide: PinoLogger, useValue: { error: () => undefined } },
    { provide: RefusalRecorder, useValue: { note: () => undefined } },
  ],
})
class DoorsModule {}

describe('more requests than a minute has room for', () => {
  let app: NestFastifyApplication;
  beforeEach(async () => {
    app = await NestFactory.create<NestFastifyApplication>(DoorsModule, new FastifyAdapter(), { logger: false });
    app.useGlobalGuards(app.get(AddressThrottler), app.get(NamedCaller), app.get(ClientThrottler));
    app.useGlobalFilters(app.get(OutcomeFilter));
    await app.init();
  });
  afterEach(() => app.close());

  const ask = async (url: string, client?: string, remoteAddress = '192.0.2.1') => {
    const headers = client === undefined ? {} : { 'x-client': client };
    const { statusCode, headers: told, body } = await app.inject({ url, headers, remoteAddress });
    return { status: statusCode, retryAfter: told['retry-after'], body };
  };
  const statuses = async (times: number, ...args: Parameters<typeof ask>) => {
    const seen = [];
    for (let each = 0; each < times; each += 1) seen.push((await ask(...args)).status);
    return seen;
  };

  it('of one client end in 429, with when to come back and a stable code', async () => {
    expect(await statuses(PER_CLIENT, '/members', 'mercy-emr')).toEqual([200, 200, 200]);
    const { status, retryAfter, body } = await ask('/members', 'mercy-emr');
    expect(status).toBe(429);
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(Number(retryAfter)).toBeLessThanOrEqual(60);
    expect((JSON.parse(body) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code).toBe('too-many-requests');
  });

  it('are counted over all routes', async () => {
    expect(await statuses(2, '/members', 'mercy-emr')).toEqual([200, 200]);
    expect(await statuses(2, '/queries', 'mercy-emr')).toEqual([200, 429]);
    expect(await statuses(1, '/members', 'mercy-emr')).toEqual([429]);
  });

  it('are one client’s own: another at the same address is served', async () => {
    await statuses(PER_CLIENT + 1, '/members', 'mercy-emr');
    expect(await statuses(PER_CLIENT, '/members', 'lakeside-emr')).toEqual([200, 200, 200]);
  });

  it('of one address end in 429 over all routes, whoever asks; another address is served', async () => {
    await statuses(PER_ADDRESS / 2, '/members');
    await statuses(PER_ADDRESS / 2, '/queries');
    const { status, retryAfter } = await ask('/members', 'lakeside-emr');
    expect([status, Number(retryAfter) > 0]).toEqual([429, true]);
    expect(await statuses(1, '/members', 'lakeside-emr', '192.0.2.2')).toEqual([200]);
  });

  it('of one address are one, whether the socket writes it as IPv4 or as IPv6', async () => {
    await statuses(PER_ADDRESS / 2, '/members');
    await statuses(PER_ADDRESS / 2, '/members', undefined, '::ffff:192.0.2.1');
    expect(await statuses(1, '/members')).toEqual([429]);
    expect(await statuses(1, '/members', undefined, '::ffff:192.0.2.1')).toEqual([429]);
  });

  it('do not make the process seem dead to who watches it from the same address', async () => {
    await statuses(PER_ADDRESS + 1, '/members');
    expect(await statuses(1, '/health/live')).toEqual([200]);
  });
});
