import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { WebhookNotices, readWebhooks } from './webhook-notices.js';

const notice = {
  noticeId: '2f1f6a52-6b7c-4a0e-8a3f-1d2c3b4a5968',
  txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
  issuedAt: '2026-01-01T00:00:00.000Z',
};

const fileOf = (content: unknown): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'webhooks-')), 'webhooks.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};

describe('webhooks', () => {
  it('are none where no file says so', () => {
    expect(readWebhooks(undefined)).toEqual({});
  });

  it.each([
    ['without TLS', { harbor: { url: 'http://hooks.harbor.example/notices' } }],
    ['with credentials in the URL', { harbor: { url: 'https://user:word@hooks.harbor.example/' } }],
    ['of no member', { 'not a member': { url: 'https://hooks.harbor.example/' } }],
    ['with more than is understood', { harbor: { url: 'https://hooks.harbor.example/', method: 'GET' } }],
  ])('%s are refused', (_how, content) => {
    expect(() => readWebhooks(fileOf(content))).toThrow();
  });

  it.each([
    'https://127.0.0.1:1/',
    'https://[::1]:1/',
    'https://169.254.169.254/',
    'https://10.0.0.7/',
    'https://localhost:1/',
  ])('D5: are not called inside, at %s', async (url) => {
    const webhooks = new WebhookNotices(readWebhooks(fileOf({ harbor: { url } })), []);
    await expect(webhooks.deliver('harbor', notice)).rejects.toThrow('webhook-not-allowed');
    await webhooks.close();
  });
});
