import 'reflect-metadata';

import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { limitAddresses } from './address-limit.js';

const PER_MINUTE = 2;

@Controller()
class Doors {
  @Get('log')
  log(): string {
    return 'log';
  }

  @Get('health/live')
  live(): string {
    return 'live';
  }
}

@Module({ controllers: [Doors] })
class DoorsModule {}

describe(limitAddresses.name, () => {
  let app: NestFastifyApplication;
  beforeEach(async () => {
    app = await NestFactory.create<NestFastifyApplication>(DoorsModule, new FastifyAdapter(), { logger: false });
    limitAddresses(app, PER_MINUTE);
    await app.init();
  });
  afterEach(() => app.close());

  const ask = (remoteAddress: string, url = '/log') => app.inject({ url, remoteAddress });
  const statuses = async (times: number, ...args: Parameters<typeof ask>) => {
    const seen = [];
    for (let each = 0; each < times; each += 1) seen.push((await ask(...args)).statusCode);
    return seen;
  };

  it('lets one address in so often, and says when it may come back', async () => {
    expect(await statuses(PER_MINUTE, '192.0.2.1')).toEqual([200, 200]);
    const refused = await ask('192.0.2.1');
    expect([refused.statusCode, refused.json()]).toMatchObject([429, { code: 'too-many-requests' }]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('counts each address for itself, however the socket writes it', async () => {
    await statuses(PER_MINUTE, '192.0.2.1');
    expect(await statuses(1, '::ffff:192.0.2.1')).toEqual([429]);
    expect(await statuses(1, '192.0.2.2')).toEqual([200]);
  });

  it('does not make the process seem dead to who watches it', async () => {
    await statuses(PER_MINUTE + 1, '192.0.2.1');
    expect(await statuses(1, '192.0.2.1', '/health/live')).toEqual([200]);
  });
});
