// Against moto (https://docs.getmoto.org), which checks every request's Signature Version 4 and the rights of who signed it.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { AwsClient } from 'aws4fetch';

import { checkIn, checkOut } from './claim-check.js';
import { claimName } from './claim-name.js';
import { MessagingError } from './errors.js';
import { type S3Credentials, s3ObjectStore } from './s3-object-store.js';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hie-broker');
const folders = [join(cache, 'moto', 'bin'), ...(process.env['PATH'] ?? '').split(delimiter)];
const program = folders.map((folder) => join(folder, 'moto_server')).find((path) => existsSync(path));
const withMoto = program === undefined ? describe.skip : describe;
if (program === undefined) {
  console.info(
    'skipped: large bodies in an S3 bucket, because moto is not installed (PyPI: moto[s3], flask, flask-cors)',
  );
}

const region = 'eu-central-1';
const hour = 3_600_000;
const retention = { kind: 'delete', retentionMs: hour } as const;

withMoto('an object store in a bucket', () => {
  let server: ChildProcess;
  let endpoint: string;
  let own: S3Credentials;
  const bucket = 'hie-bodies';
  const storeOf = (over: object = {}) => {
    const settings = { endpoint, region, bucket, prefix: 'exchange one/', credentials: () => own };
    return s3ObjectStore({ ...settings, ...over }, 8);
  };
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof MessagingError) return [error.code, error.detail, error.retry];
      throw error;
    }
  };

  beforeAll(async () => {
    endpoint = `http://127.0.0.1:${await freePort()}`;
    const args = ['-H', '127.0.0.1', '-p', new URL(endpoint).port];
    // Three requests make a user that may do everything; from then on signatures and rights are checked.
    const env = { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '3' };
    server = spawn(program as string, args, { env, stdio: 'ignore' });
    own = await userOf(endpoint);
    const { status } = await new AwsClient({ ...own, service: 's3', region }).fetch(`${endpoint}/${bucket}`, {
      method: 'PUT',
      body: `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
    });
    expect(status).toBe(200);
  }, 120_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('close', resolve));
    server.kill();
    await ended;
  });

  it('gives back a body of a megabyte by its claim, and nothing where there is nothing', async () => {
    const body = randomBytes(1024 * 1024);
    const claim = await checkIn(body, storeOf(), retention, Date.now());
    expect((await checkOut(claim, storeOf())).equals(body)).toBe(true);
    expect(await storeOf().get(claimName(randomUUID(), retention, 0))).toBeUndefined();
  });

  it('does not take another body for it', async () => {
    const claim = await checkIn(randomBytes(100), storeOf(), retention, Date.now());
    await storeOf().put(claim.subarray(33).toString(), randomBytes(100));
    expect(await codeOf(checkOut(claim, storeOf()))).toEqual(['body-unreadable', undefined, 'never']);
  });

  it('sweeps what has expired, page by page, and nothing else', async () => {
    // No slash: moto decodes a request's query before it checks the signature over it.
    const store = storeOf({ prefix: 'swept-' });
    const now = Date.now();
    const names = [
      ...Array.from({ length: 20 }, () => claimName(randomUUID(), retention, now - 3 * hour)),
      claimName(randomUUID(), retention, now),
      claimName(randomUUID(), { kind: 'compact' }, now - 3 * hour),
      'somebody-elses',
    ];
    for (const name of names) await store.put(name, Buffer.from(name));
    const elsewhere = claimName(randomUUID(), retention, now - 3 * hour);
    await storeOf().put(elsewhere, Buffer.from('x'));
    await Promise.all([store.sweep(now), store.sweep(now)]);
    const left = await Promise.all(names.map((name) => store.get(name)));
    expect(left.map((bytes) => bytes !== undefined)).toEqual([...Array<boolean>(20).fill(false), true, true, true]);
    expect(await storeOf().get(elsewhere)).toBeDefined();
  });

  it('says that the store refused, to be tried again', async () => {
    const wrong = storeOf({ credentials: () => ({ ...own, secretAccessKey: 'wrong' }) });
    expect(await codeOf(wrong.put('a', Buffer.from('b')))).toEqual(['object-store-failed', '403', 'later']);
    expect(await codeOf(wrong.get('a'))).toEqual(['object-store-failed', '403', 'later']);
    expect(await codeOf(wrong.sweep(Date.now()))).toEqual(['object-store-failed', '403', 'later']);
    const nowhere = storeOf({ bucket: 'no-such-bucket' });
    expect(await codeOf(nowhere.put('a', Buffer.from('b')))).toEqual(['object-store-failed', '404', 'later']);
  });

  it('says that the store does not answer, to be tried again', async () => {
    const away = storeOf({ endpoint: `http://127.0.0.1:${await freePort()}` });
    expect(await codeOf(away.get('a'))).toEqual(['object-store-failed', undefined, 'later']);
  });
});

/** Makes a user with every right on S3, as soon as the server answers. */
async function userOf(endpoint: string): Promise<S3Credentials> {
  const anybody = new AwsClient({ accessKeyId: 'a', secretAccessKey: 'b', service: 'iam', region: 'us-east-1' });
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
  const ask = async (parameters: Record<string, string>): Promise<string> => {
    const body = new URLSearchParams({ Version: '2010-05-08', UserName: 'exchange', ...parameters });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return (await anybody.fetch(endpoint, { method: 'POST', headers, body: body.toString() })).text();
  };
  await answering(endpoint);
  await ask({ Action: 'CreateUser' });
  await ask({ Action: 'PutUserPolicy', PolicyName: 'all', PolicyDocument: JSON.stringify(everything) });
  const keys = await ask({ Action: 'CreateAccessKey' });
  const value = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(keys)?.[1] ?? '';
  return { accessKeyId: value('AccessKeyId'), secretAccessKey: value('SecretAccessKey') };
}

async function answering(endpoint: string): Promise<void> {
  for (;;) {
    // Its own page is none of the counted requests.
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer !== undefined) return;
    await pause(200);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
