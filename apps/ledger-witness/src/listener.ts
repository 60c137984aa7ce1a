import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';

import type { WitnessAnswer, WitnessEvent } from './witness.js';
import type { WitnessConfig } from './witness.config.js';

/** 63 proof lines and a checkpoint with a handful of ML-DSA signatures. */
const MAX_BODY_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

export interface WitnessListener {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `POST /add-checkpoint`, and `GET /health/live` and `/health/ready`. Nothing else is there, and nothing is kept of a request but what the witness keeps.
 *
 * @throws Error of Node.js when the port is taken or the certificate is none.
 */
export async function listen(
  { host, port, tls }: Pick<WitnessConfig, 'host' | 'port' | 'tls'>,
  addCheckpoint: (body: string) => Promise<WitnessAnswer>,
  tell: (event: WitnessEvent) => void,
): Promise<WitnessListener> {
  const handle: RequestListener = (request, response) => {
    route(request, addCheckpoint).then(
      (answer) => send(response, answer),
      (failure: unknown) => {
        tell({ event: 'failed', code: codeOf(failure) });
        send(response, text(500, 'failed'));
      },
    );
  };
  const server: Server =
    tls === undefined
      ? createServer(handle)
      : createTlsServer(
          { cert: readFileSync(tls.certPath), key: readFileSync(tls.keyPath), minVersion: 'TLSv1.3' },
          handle,
        );
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve()));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function route(
  request: IncomingMessage,
  addCheckpoint: (body: string) => Promise<WitnessAnswer>,
): Promise<WitnessAnswer> {
  if (request.url === '/health/live') return text(200, 'live');
  if (request.url === '/health/ready') return text(200, 'ready');
  if (request.url !== '/add-checkpoint') return text(404, 'not-found');
  if (request.method !== 'POST') return text(405, 'method-not-allowed');
  const body = await bodyOf(request);
  if (body === undefined) return { ...text(413, 'too-long') };
  return addCheckpoint(body);
}

const text = (status: number, word: string): WitnessAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${word}\n`,
});

function send(response: ServerResponse, { status, contentType, body }: WitnessAnswer): void {
  // The rest of a body that is too long is not read: the connection ends with the answer.
  const close = status === 413 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': contentType, ...close }).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const codeOf = (failure: unknown): string =>
  failure instanceof Error && 'code' in failure ? String(failure.code) : 'defect';
