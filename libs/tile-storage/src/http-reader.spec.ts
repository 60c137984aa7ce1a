// Against a server in this process that answers as each row says.
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { TileStorageError } from './failure.js';
import { httpReader } from './http-reader.js';

let server: Server | undefined;
let asked: string[] = [];

async function serve(answer: RequestListener): Promise<string> {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url as string);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs/one`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const quick = { timeoutMs: 1_000, backoffMs: 1 };
const codeOf = (failure: unknown) => (failure instanceof TileStorageError ? failure.code : String(failure));

it('reads a resource below its prefix, with and without a slash at its end', async () => {
  const prefix = await serve((_request, response) => response.end('tile'));
  for (const url of [prefix, `${prefix}/`]) {
    expect(Buffer.from((await httpReader(url).read('tile/0/x001/000.p/7'))!).toString()).toBe('tile');
  }
  expect(asked).toEqual(['/logs/one/tile/0/x001/000.p/7', '/logs/one/tile/0/x001/000.p/7']);
});

it.each([404, 410])('takes %i for a resource that is not there', async (status) => {
  const prefix = await serve((_request, response) => response.writeHead(status).end('no such thing'));
  expect(await httpReader(prefix, quick).read('checkpoint')).toBeUndefined();
  expect(asked).toHaveLength(1);
});

it('reads what the server has compressed', async () => {
  const prefix = await serve((_request, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync('entries')),
  );
  expect(Buffer.from((await httpReader(prefix).read('tile/entries/000'))!).toString()).toBe('entries');
});

it.each([429, 500, 503])('asks again after %i', async (status) => {
  const prefix = await serve((_request, response) =>
    asked.length < 3 ? response.writeHead(status).end() : response.end('ok'),
  );
  expect(Buffer.from((await httpReader(prefix, quick).read('checkpoint'))!).toString()).toBe('ok');
});

it('gives up after as many attempts as it may make', async () => {
  const prefix = await serve((_request, response) => response.writeHead(503).end());
  expect(
    await httpReader(prefix, { ...quick, attempts: 2 })
      .read('checkpoint')
      .catch(codeOf),
  ).toBe('read-failed');
  expect(asked).toHaveLength(2);
});

it('gives up on a server that does not answer in time, or at all', async () => {
  const prefix = await serve(() => undefined);
  expect(await httpReader(prefix, { timeoutMs: 30, attempts: 1 }).read('checkpoint').catch(codeOf)).toBe('read-failed');
  expect(
    await httpReader('http://127.0.0.1:1/', { ...quick, attempts: 1 })
      .read('checkpoint')
      .catch(codeOf),
  ).toBe('read-failed');
});

it.each([401, 403, 400])('does not ask again after %i, and does not take it for missing', async (status) => {
  const prefix = await serve((_request, response) => response.writeHead(status).end());
  expect(await httpReader(prefix, quick).read('checkpoint').catch(codeOf)).toBe('response-refused');
  expect(asked).toHaveLength(1);
});

it('stops reading what is longer than such a resource can be, compressed or not', async () => {
  const prefix = await serve((_request, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(300 * 1024))),
  );
  expect(await httpReader(prefix, quick).read('checkpoint').catch(codeOf)).toBe('response-refused');
  expect(await httpReader(prefix, quick).read('tile/0/000').catch(codeOf)).toBe('response-refused');
  expect(await httpReader(prefix, quick).read('tile/entries/000')).toHaveLength(300 * 1024);
});

it('asks for nothing outside the prefix', async () => {
  const prefix = await serve((_request, response) => response.end('secret'));
  for (const path of ['../two/checkpoint', '//evil.example/checkpoint', 'http:', '.writer/1/owner.json']) {
    expect(await httpReader(prefix, quick).read(path).catch(codeOf)).toBe('path-refused');
  }
  expect(asked).toEqual([]);
});
