// Amazon S3 REST API, as many stores speak it: https://docs.aws.amazon.com/AmazonS3/latest/API/
import { hash } from 'node:crypto';

import { AwsClient } from 'aws4fetch';

import type { ObjectStore } from './claim-check.js';
import { hasExpired } from './claim-name.js';
import { MessagingError } from './errors.js';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

export interface S3Settings {
  /** Where the store answers, without the bucket: `https://s3.eu-central-1.amazonaws.com`, or one's own. Addressed by path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before every name; empty, or ends in a slash. */
  readonly prefix: string;
  /** Asked for at each request, so that they may change. */
  readonly credentials: () => S3Credentials;
}

/** A busy store is asked again twice, by the client itself; the message is tried again after that. */
const RETRIES = 2;
const FIRST_WAIT_MS = 50;
const WITHIN_MS = 10_000;
/** Requests at once while sweeping. */
const SWEEPING = 8;
const KEY = /<Key>([^<]*)<\/Key>/g;

/**
 * An object store in a bucket: Signature Version 4 over the body's digest too.
 *
 * @param pageSize how many names a sweep looks at, and removes, at a time.
 * @throws MessagingError `object-store-failed` (`later`) for whatever the store answers but the body, and when it does not answer.
 */
export function s3ObjectStore(settings: S3Settings, pageSize = 1_000): ObjectStore {
  const { prefix } = settings;
  const root = `${settings.endpoint.replace(/\/+$/, '')}/${encodeURIComponent(settings.bucket)}`;
  const url = (name: string): string => `${root}/${`${prefix}${name}`.split('/').map(encodeURIComponent).join('/')}`;

  const ask = async (method: 'GET' | 'PUT' | 'DELETE', target: string, body?: Buffer): Promise<Response> => {
    const client = new AwsClient({
      ...{ ...settings.credentials(), service: 's3', region: settings.region },
      ...{ retries: RETRIES, initRetryMs: FIRST_WAIT_MS },
    });
    const headers = { 'x-amz-content-sha256': hash('sha256', body ?? '', 'hex') };
    try {
      const signal = AbortSignal.timeout(WITHIN_MS);
      return await client.fetch(target, { method, headers, signal, ...(body === undefined ? {} : { body }) });
    } catch (cause) {
      throw new MessagingError('object-store-failed', { retry: 'later', cause });
    }
  };

  const list = async (): Promise<readonly string[]> => {
    const answer = await ask('GET', `${root}?list-type=2&max-keys=${pageSize}&prefix=${encodeURIComponent(prefix)}`);
    const text = await textOf(answer);
    return [...text.matchAll(KEY)].map(([, key = '']) => key.slice(prefix.length));
  };

  return {
    async put(name, bytes) {
      await drain(await ask('PUT', url(name), bytes), [200]);
    },
    async get(name) {
      const answer = await ask('GET', url(name));
      if (answer.status === 404) return drain(answer, [404]);
      if (answer.status !== 200) await drain(answer, [200]);
      try {
        return Buffer.from(await answer.arrayBuffer());
      } catch (cause) {
        throw new MessagingError('object-store-failed', { retry: 'later', cause });
      }
    },
    async sweep(nowMs) {
      // Those that end first come first, so what is left to remove is always on the first page.
      for (let rest = await list(); rest.some((name) => hasExpired(name, nowMs)); rest = await list()) {
        const expired = rest.filter((name) => hasExpired(name, nowMs));
        for (let at = 0; at < expired.length; at += SWEEPING) {
          const some = expired.slice(at, at + SWEEPING);
          await Promise.all(some.map(async (name) => drain(await ask('DELETE', url(name)), [200, 204, 404])));
        }
      }
    },
  };
}

async function textOf(answer: Response): Promise<string> {
  if (answer.status !== 200) await drain(answer, [200]);
  return answer.text();
}

/** Reads an answer to its end, so that its connection is free, and holds it against what was wanted. */
async function drain(answer: Response, wanted: readonly number[]): Promise<undefined> {
  await answer.arrayBuffer();
  if (wanted.includes(answer.status)) return undefined;
  throw new MessagingError('object-store-failed', { retry: 'later', detail: String(answer.status) });
}
