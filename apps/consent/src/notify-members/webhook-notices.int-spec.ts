// A webhook over TLS, with a server that takes, refuses, redirects and keeps silent.
import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { required } from '@hie/testing-kit';

import { WebhookNotices } from './webhook-notices.js';

const LOOPBACK = ['127.0.0.1/32'];
const notice = {
  noticeId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
  txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
  issuedAt: '2026-01-01T00:00:00.000Z',
};

describe('a member’s webhook', () => {
  let server: Server;
  let origin: string;
  const asked: { readonly path: string; readonly type: string | undefined; readonly body: string }[] = [];
  const opened: WebhookNotices[] = [];

  beforeAll(async () => {
    server = createServer({ cert: readFileSync(required('TLS_CERT')), key: readFileSync(required('TLS_KEY')) });
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const path = request.url ?? '';
        asked.push({ path, type: request.headers['content-type'], body });
        if (path === '/moved') response.writeHead(307, { location: '/taken' });
        else response.writeHead(path === '/taken' ? 204 : 500);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void asked.splice(0));
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await new Promise((resolve) => server.close(resolve));
  });

  const webhooks = (path: string, { ca = required('TLS_CA'), networks = LOOPBACK } = {}) => {
    const made = new WebhookNotices({ harbor: { url: `${origin}${path}`, ca } }, networks);
    opened.push(made);
    return made;
  };

  it('gets the notice, and nothing of the patient', async () => {
    await webhooks('/taken').deliver('harbor', notice);
    expect(asked).toEqual([{ path: '/taken', type: 'application/json', body: JSON.stringify(notice) }]);
  });

  it.each([
    ['refuses', '/refused'],
    ['leads elsewhere', '/moved'],
  ])('has not taken it when it %s', async (_how, path) => {
    await expect(webhooks(path).deliver('harbor', notice)).rejects.toThrow('webhook-refused');
    expect(asked.map((one) => one.path)).toEqual([path]);
  });

  it('is told nothing when its certificate descends from another authority than was named', async () => {
    await expect(webhooks('/taken', { ca: required('TLS_CERT') }).deliver('harbor', notice)).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  it('D5: is told nothing when its name leads inside', async () => {
    const inside = new WebhookNotices(
      { harbor: { url: origin.replace('127.0.0.1', 'localhost'), ca: required('TLS_CA') } },
      ['10.0.0.0/8'],
    );
    opened.push(inside);
    await expect(inside.deliver('harbor', notice)).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
