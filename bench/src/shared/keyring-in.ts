import type { ServiceName } from '@hie/contracts';
import { keyFilesIn, protectionIn } from '@hie/local-exchange';
import { FileKeyring } from '@hie/service-kit';

/** The keys of a service of the local exchange, by its trust folder; whoever opens it closes it. */
export const keyringIn = (
  folder: string,
  service: ServiceName,
  onError: (error: unknown) => void = fail,
): FileKeyring => new FileKeyring(keyFilesIn(folder, service), onError, protectionIn(folder, service));

function fail(error: unknown): never {
  throw error;
}
