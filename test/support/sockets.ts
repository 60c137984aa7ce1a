import type { Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls';

import type { SharedExchange } from './shared-exchange.js';

/** A TLS connection to whoever listens at a URL, whose certificate the exchange's authority vouches for. @throws the handshake's own error. */
export function openTls(
  { ca }: Pick<SharedExchange, 'ca'>,
  url: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), ca, ...options }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** What is said on a connection until the other side ends it. */
export interface Ended {
  /** All of it, once it is closed. */
  readonly said: Promise<string>;
  /** So far. */
  soFar(): string;
}

/** Listens to a connection that the other side is to end; how it ends, with an error or without, is the same. */
export function untilEnded(socket: Socket): Ended {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  return {
    said: new Promise((resolve) => socket.once('close', () => resolve(text))),
    soFar: () => text,
  };
}
