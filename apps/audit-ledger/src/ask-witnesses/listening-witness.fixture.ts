import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  type NoteSigner,
  type TreeHead,
  type WitnessedLogs,
  cosign,
  decideCosignature,
  formatSignatureLine,
  formatVerifierKey,
  noteSigner,
  parseAddCheckpoint,
  readCheckpoint,
} from '@hie/transparency-log';

/** A witness that listens on HTTP and decides as a real one does, and remembers in memory what a real one keeps on its disk. */
export interface ListeningWitness {
  readonly url: string;
  readonly verifierKey: string;
  close(): Promise<void>;
}

/** @param logs that it watches. */
export async function listeningWitness(name: string, logs: WitnessedLogs): Promise<ListeningWitness> {
  const signer = noteSigner(name, 'cosignature-ed25519', generateKeyPairSync('ed25519').privateKey);
  const latest = new Map<string, TreeHead>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(Buffer.concat(chunks).toString(), { signer, logs, latest }).then(({ status, type, body }) =>
        response.writeHead(status, { 'content-type': type }).end(body),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    verifierKey: formatVerifierKey(signer.key),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface WitnessState {
  readonly signer: NoteSigner;
  readonly logs: WitnessedLogs;
  readonly latest: Map<string, TreeHead>;
}

async function answer(body: string, { signer, logs, latest }: WitnessState) {
  const request = parseAddCheckpoint(body);
  const { origin } = readCheckpoint(request.checkpoint).checkpoint;
  const decision = decideCosignature(request, logs, latest.get(origin));
  if (decision.kind === 'refuse') {
    return decision.reason === 'stale'
      ? { status: decision.status, type: 'text/x.tlog.size', body: `${decision.latestSize}\n` }
      : { status: decision.status, type: 'text/plain', body: `${decision.reason}\n` };
  }
  latest.set(origin, decision.checkpoint.checkpoint);
  const line = formatSignatureLine(await cosign(decision.checkpoint, signer, Math.floor(Date.now() / 1000)));
  return { status: 200, type: 'text/plain', body: line };
}
