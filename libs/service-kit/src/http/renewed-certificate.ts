import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Server } from 'node:https';

const WATCH_EVERY_MS = 5_000;

export interface CertificateFiles {
  readonly certPath: string;
  readonly keyPath: string;
  readonly caPath: string;
}

/**
 * Lets a server take its certificate again when the file changes: it lives for a day and is renewed while the service runs.
 * Connections that are open stay as they are. A file that can not be used is reported, and the certificate that was good stays.
 *
 * @returns ends the watching.
 */
export function renewCertificate(
  server: Pick<Server, 'setSecureContext'>,
  { certPath, keyPath, caPath }: CertificateFiles,
  onError: (error: unknown) => void,
  everyMs = WATCH_EVERY_MS,
): () => void {
  const renew = (): void => {
    try {
      const [cert, key, ca] = [certPath, keyPath, caPath].map((path) => readFileSync(path));
      server.setSecureContext({ cert, key, ca, minVersion: 'TLSv1.3' });
    } catch (error) {
      onError(error);
    }
  };
  watchFile(certPath, { interval: everyMs, persistent: false }, renew);
  return () => unwatchFile(certPath, renew);
}
