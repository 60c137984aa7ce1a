import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from '../service.config.js';
import { configuredObjectStore } from './configured-object-store.js';

describe('the configured object store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hie-store-'));
  const file = join(folder, 'credentials.json');
  writeFileSync(file, '{"accessKeyId":"a","secretAccessKey":"b"}', { mode: 0o600 });
  const readable = join(folder, 'readable.json');
  writeFileSync(readable, '{"accessKeyId":"a","secretAccessKey":"b"}', { mode: 0o644 });
  afterAll(() => rmSync(folder, { recursive: true }));
  const made = (over: object) => () =>
    configuredObjectStore({
      ...{ OBJECT_STORE: 's3://hie-bodies/exchange', S3_REGION: 'eu-central-1', S3_CREDENTIALS_FILE: file },
      S3_ENDPOINT: undefined,
      ...over,
    });

  it('is a folder or a bucket', async () => {
    expect(made({})).not.toThrow();
    const objects = join(folder, 'objects');
    const store = made({ OBJECT_STORE: objects, S3_CREDENTIALS_FILE: undefined })();
    await store.put('a', Buffer.from('b'));
    expect(await store.get('a')).toEqual(Buffer.from('b'));
  });

  it.each([
    ['a bucket without credentials', { S3_CREDENTIALS_FILE: undefined }, 'S3_CREDENTIALS_FILE'],
    ['a bucket by no name', { OBJECT_STORE: 's3://UP' }, 'OBJECT_STORE'],
    ['a prefix that could lead elsewhere', { OBJECT_STORE: 's3://hie-bodies/a?b' }, 'OBJECT_STORE'],
    ['an endpoint without TLS', { S3_ENDPOINT: 'http://store.example' }, 'S3_ENDPOINT'],
  ])('refuses %s', (_what, over, named) => {
    let faults: readonly string[] = [];
    try {
      made(over)();
    } catch (error) {
      if (error instanceof ConfigError) faults = error.faults;
    }
    expect(faults.join()).toContain(named);
  });

  it('refuses credentials that others may read, and files that hold none', () => {
    expect(made({ S3_CREDENTIALS_FILE: readable })).toThrow('its owner alone');
    const empty = join(folder, 'empty.json');
    writeFileSync(empty, '{}', { mode: 0o600 });
    expect(made({ S3_CREDENTIALS_FILE: empty })).toThrow();
  });
});
