import { readFileSync } from 'node:fs';

import { refuseReadableByOthers } from '@hie/key-store';
import { type ObjectStore, type S3Credentials, directoryObjectStore, s3ObjectStore } from '@hie/messaging';
import { z } from 'zod';

import { ConfigError, type ServiceConfig } from '../service.config.js';

type StoreConfig = Pick<ServiceConfig, 'OBJECT_STORE' | 'S3_ENDPOINT' | 'S3_REGION' | 'S3_CREDENTIALS_FILE'>;

const credentialsSchema = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().optional(),
});

/** Bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const S3_URL = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<prefix>[\w./-]*))?$/;
/** A platform that gives temporary credentials replaces the file long before they end. */
const CREDENTIALS_HELD_MS = 60_000;

/**
 * The store for large bodies that the environment names: a folder, or a bucket (`s3://bucket/prefix`).
 *
 * @throws ConfigError where a bucket's settings don't fit together
 */
export function configuredObjectStore(config: StoreConfig): ObjectStore {
  const { OBJECT_STORE: place, S3_ENDPOINT: endpoint, S3_REGION: region, S3_CREDENTIALS_FILE: file } = config;
  if (!place.startsWith('s3:')) return directoryObjectStore(place);
  const { bucket, prefix = '' } = S3_URL.exec(place)?.groups ?? {};
  if (bucket === undefined) throw new ConfigError(['OBJECT_STORE: wanted s3://bucket or s3://bucket/prefix']);
  if (file === undefined) throw new ConfigError(['S3_CREDENTIALS_FILE: wanted by OBJECT_STORE']);
  return s3ObjectStore({
    endpoint: endpoint === undefined ? `https://s3.${region}.amazonaws.com` : secureUrl(endpoint),
    ...{ region, bucket },
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    credentials: heldCredentials(file),
  });
}

/** Bodies are encrypted, but who reads which and when is nobody's business either. */
function secureUrl(endpoint: string): string {
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === 'https:' || hostname === '127.0.0.1') return endpoint;
  throw new ConfigError(['S3_ENDPOINT: https, except on 127.0.0.1']);
}

function heldCredentials(path: string): () => S3Credentials {
  let held: { readonly credentials: S3Credentials; readonly untilMs: number } | undefined;
  const read = (): S3Credentials => {
    if (held !== undefined && held.untilMs > Date.now()) return held.credentials;
    refuseReadableByOthers(path);
    const { sessionToken, ...lasting } = credentialsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const credentials = sessionToken === undefined ? lasting : { ...lasting, sessionToken };
    held = { credentials, untilMs: Date.now() + CREDENTIALS_HELD_MS };
    return credentials;
  };
  // A file that can't be used is found at the start, not at the first large body.
  read();
  return read;
}
