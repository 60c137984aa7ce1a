import type { ServiceName } from '@hie/contracts';
import { keyFilesIn, protectionIn } from '@hie/local-exchange';
import { FileKeyring } from '@hie/service-kit';

/** The keys as a service has them that reads its files in a trust folder now; whoever opens it closes it. */
export function keyringIn(
  folder: string,
  service: ServiceName,
  { instance, members }: { readonly instance?: string; readonly members?: string } = {},
): FileKeyring {
  const files = keyFilesIn(folder, service, instance);
  const complain = (error: unknown): never => {
    throw error;
  };
  return new FileKeyring(
    members === undefined ? files : { ...files, members },
    complain,
    protectionIn(folder, service),
  );
}
