/** The root of the checkout. */
export const checkout: string;
/** Where Kafka's archives lie once they were fetched. */
export function kafkaFolder(env?: NodeJS.ProcessEnv): string;
export function cacheFolder(env?: NodeJS.ProcessEnv): string;
export function installOnce(
  target: string,
  options: { needsBytes: number; onWait: (pid: number | undefined) => void },
  build: (draft: string) => Promise<void>,
): Promise<boolean>;
export function requireDisk(folder: string, bytes: number): void;
export function withLock<T>(
  lock: string,
  onWait: (pid: number | undefined) => void,
  work: () => Promise<T>,
): Promise<T>;
/** Kafka's version, as pinned. */
export function kafkaVersion(): string;
