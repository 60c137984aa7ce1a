import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { type ISocketFactory, Kafka, logLevel } from 'kafkajs';

import { quietRequestQueue } from './quiet-request-queue.js';

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Paths of PEM files; the certificate's CN is the principal. Without them the connection is plaintext. */
  readonly tls?: { readonly caPath: string; readonly certPath: string; readonly keyPath: string };
  /** Receives the client's own warnings and errors: message and fields without any payload. */
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

/**
 * The one place where a Kafka client is made. kafkajs is the client (docs/adr/0003); what the rest of the project sees of it are
 * `ExchangeServer`, `CoalescingSender` and the topic functions of this library.
 */
export function connectKafka(settings: KafkaSettings): Kafka {
  quietRequestQueue();
  const { tls } = settings;
  return new Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ...(tls === undefined
      ? {}
      : {
          // What is connected with is read anew for each connection.
          ssl: true,
          socketFactory: renewedSocket(tls),
        }),
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      settings.log(entry.level === logLevel.ERROR ? 'error' : 'warn', `${entry.namespace}: ${entry.log.message}`);
    },
  });
}

const KEEP_ALIVE_MS = 60_000;

/** Connects with the certificate as it is at that moment: it lives for a day and is renewed while the client runs. */
function renewedSocket({ caPath, certPath, keyPath }: NonNullable<KafkaSettings['tls']>): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    if (!ssl) return connectTcp({ host, port }, onConnect);
    const [ca, cert, key] = [caPath, certPath, keyPath].map((path) => readFileSync(path, 'utf8'));
    const options = { host, port, ca, cert, key, ...serverNameOf(host), minVersion: 'TLSv1.3' } as const;
    return connectTls(options, onConnect).setKeepAlive(true, KEEP_ALIVE_MS);
  };
}

/** What the broker's certificate must be for: its name; an address is checked as one, and has no place in the handshake (RFC 6066, section 3). */
export const serverNameOf = (host: string): { readonly servername?: string } =>
  isIP(host) === 0 ? { servername: host } : {};
