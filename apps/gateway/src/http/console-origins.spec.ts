import 'reflect-metadata';

import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { gatewayConfigSchema } from '../gateway.config.js';
import { letConsolesAsk } from './console-origins.js';

const CONSOLE = 'https://console.hie.example';

@Controller('people')
class Doors {
  @Get()
  people(): string {
    return 'people';
  }
}

@Module({ controllers: [Doors] })
class DoorsModule {}

describe(letConsolesAsk.name, () => {
  let app: NestFastifyApplication;
  const start = async (origins: readonly string[]) => {
    app = await NestFactory.create<NestFastifyApplication>(DoorsModule, new FastifyAdapter(), { logger: false });
    letConsolesAsk(app, origins);
    await app.init();
  };
  afterEach(() => app.close());

  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/people',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'dpop' },
    });
  const ask = (origin: string) => app.inject({ url: '/people', headers: { origin } });
  const corsHeaders = ({ headers }: { headers: object }) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control-'));

  it('answers a console’s preflight, and shows it the answer, without credentials', async () => {
    await start([CONSOLE]);
    const [asked, read] = [await preflight(CONSOLE), await ask(CONSOLE)];
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': CONSOLE,
      'access-control-allow-methods': expect.stringContaining('POST') as unknown,
      'access-control-allow-headers': expect.stringContaining('dpop') as unknown,
    });
    expect(read.headers['access-control-allow-origin']).toBe(CONSOLE);
    expect([...corsHeaders(asked), ...corsHeaders(read)]).not.toContain('access-control-allow-credentials');
  });

  it.each([
    'https://evil.example',
    `${CONSOLE}.evil.example`,
    `${CONSOLE}:8443`,
    'http://console.hie.example',
    'https://CONSOLE.hie.example',
    'null',
  ])('says nothing of CORS to %s', async (origin) => {
    await start([CONSOLE]);
    expect([await preflight(origin), await ask(origin)].flatMap(corsHeaders)).toEqual([]);
  });

  it('says nothing of CORS to anybody where no console is configured', async () => {
    await start([]);
    expect([await preflight(CONSOLE), await ask(CONSOLE)].flatMap(corsHeaders)).toEqual([]);
  });
});

describe('CONSOLE_ORIGINS', () => {
  const { CONSOLE_ORIGINS } = gatewayConfigSchema.shape;

  it('are exact https origins, none unless said', () => {
    expect(CONSOLE_ORIGINS.parse(undefined)).toEqual([]);
    expect(CONSOLE_ORIGINS.parse(`${CONSOLE},https://audit.hie.example:8443`)).toEqual([
      CONSOLE,
      'https://audit.hie.example:8443',
    ]);
  });

  it.each(['*', 'null', 'http://console.hie.example', `${CONSOLE}/`, `${CONSOLE}/app`, 'https://*.hie.example'])(
    'are not %s',
    (text) => {
      expect(CONSOLE_ORIGINS.safeParse(text).success).toBe(false);
    },
  );
});
