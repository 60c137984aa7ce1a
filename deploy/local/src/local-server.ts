/**
 * A server of the local exchange that is kept running: it is started again when it crashes, on the same port and the
 * same data.
 */
export interface LocalServer {
  /** The process id of the current life; undefined while it is down. */
  pid(): number | undefined;
  /** Ends it (`SIGKILL` unless said) and keeps it down until `bringUp`. */
  takeDown(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after `takeDown`, and resolves when it answers. */
  bringUp(): Promise<void>;
  /** `takeDown` and `bringUp`: what a fault test does to it. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Has it take up renewed certificate files without closing what is open. */
  reloadCertificate(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
}
