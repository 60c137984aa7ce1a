import 'reflect-metadata';

import { Writable } from 'node:stream';

import { Controller, ForbiddenException, Get, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LoggerModule, PinoLogger } from 'nestjs-pino';

import { answerWithRequestId, requestIdOf, requestLogs } from './request-id.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MINE = '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10';
const logged: Record<string, unknown>[] = [];
const stream = new Writable({
  write: (line: Buffer, _encoding, done) => {
    logged.push(JSON.parse(line.toString()) as Record<string, unknown>);
    done();
  },
});

@Controller()
class Doors {
  constructor(private readonly logger: PinoLogger) {}

  @Get('open')
  open(@Req() request: { readonly id: string }): string {
    this.logger.info('asked');
    return request.id;
  }

  @Get('closed')
  closed(): never {
    throw new ForbiddenException();
  }
}

@Module({
  imports: [LoggerModule.forRoot(requestLogs({}, stream))],
  controllers: [Doors],
})
class DoorsModule {}

describe('a request’s id', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    const genReqId = ({ headers }: { headers: Record<string, unknown> }) => requestIdOf(headers['x-request-id']);
    app = await NestFactory.create<NestFastifyApplication>(DoorsModule, new FastifyAdapter({ genReqId }), {
      logger: false,
    });
    answerWithRequestId(app);
    await app.init();
  });
  afterAll(() => app.close());

  const ask = (url: string, id?: string | string[]) =>
    app.inject({ url: `${url}?patient=p1`, headers: id === undefined ? {} : { 'x-request-id': id } });

  it.each([MINE, MINE.toUpperCase()])('is the caller’s where it is a UUID: %s', async (id) => {
    const { headers, body } = await ask('/open', id);
    expect([headers['x-request-id'], body]).toEqual([id, id]);
  });

  it.each([undefined, '', 'MRN-00123', 'callahan', ` ${MINE}`, `${MINE}0`, '<b>', 'x'.repeat(65), ['a', 'b']])(
    'is a new one in place of %p',
    async (id) => {
      const [first, second] = await Promise.all([ask('/open', id), ask('/open', id)]);
      expect(first.headers['x-request-id']).toMatch(UUID);
      expect(first.body).toBe(first.headers['x-request-id']);
      expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    },
  );

  it.each([
    ['/closed', 403],
    ['/nowhere', 404],
  ])('is told with a refusal too: %s', async (url, status) => {
    const { statusCode, headers } = await ask(url, MINE);
    expect([statusCode, headers['x-request-id']]).toEqual([status, MINE]);
  });

  it('stands in each line that is logged for the request, and nothing else of the request does', async () => {
    logged.length = 0;
    await ask('/open', MINE);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ requestId: MINE, msg: 'asked' });
    expect(JSON.stringify(logged[0])).not.toMatch(/patient|"req"/);
  });
});
