import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Socket, createServer } from 'node:net';

/** One member's HTTPS port, which can also be made to play dead. */
export interface MemberListener {
  readonly port: number;
  /** `refuse` closes the port and every connection; `hang` takes connections and leaves them; undefined is well again. */
  readonly playDead: (how: 'refuse' | 'hang' | undefined) => Promise<void>;
  readonly stop: (graceMs: number) => Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const KEEP_ALIVE_MS = 65_000;
const CERTIFICATE_POLL_MS = 10_000;

/**
 * Listens for TLS on the loopback.
 *
 * A plain TCP server stands in front of the HTTPS server and hands connections on: only so can a connection be taken and left before the
 * handshake, and a port be closed while the server lives on. The certificate is read again when its file changes.
 *
 * @throws Error of Node.js when the port is taken or the certificate is none.
 */
export async function listen(
  port: number,
  tls: { readonly certPath: string; readonly keyPath: string },
  handler: RequestListener,
  onConnection: () => void,
): Promise<MemberListener> {
  const secureContext = (): { cert: Buffer; key: Buffer } => ({
    cert: readFileSync(tls.certPath),
    key: readFileSync(tls.keyPath),
  });
  const https = createHttpsServer(
    { ...secureContext(), minVersion: 'TLSv1.2', keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: 16_384 },
    handler,
  );
  const sockets = new Set<Socket>();
  let dead: 'refuse' | 'hang' | undefined;

  const front = createServer((socket) => {
    onConnection();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    if (dead === 'hang') {
      socket.pause();
      socket.on('error', () => socket.destroy());
    } else https.emit('connection', socket);
  });
  const open = (on: number): Promise<void> =>
    new Promise((resolve, reject) => {
      front.once('error', reject);
      front.listen(on, LOOPBACK, () => {
        front.removeListener('error', reject);
        resolve();
      });
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => (front.listening ? front.close(() => resolve()) : resolve()));
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  await open(port);
  const bound = (front.address() as AddressInfo).port;
  const reload = (): void => https.setSecureContext(secureContext());
  watchFile(tls.certPath, { interval: CERTIFICATE_POLL_MS, persistent: false }, reload);

  return {
    port: bound,
    playDead: async (how) => {
      if (how === dead) return;
      const before = dead;
      dead = how;
      if (how === 'refuse') {
        const closed = close();
        dropConnections();
        await closed;
      } else {
        if (before === 'hang') dropConnections();
        if (before === 'refuse') await open(bound);
      }
    },
    stop: async (graceMs) => {
      unwatchFile(tls.certPath, reload);
      const closed = close();
      https.closeIdleConnections();
      const timer = setTimeout(dropConnections, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
