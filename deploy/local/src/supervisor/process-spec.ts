import { type ChildGroupSpec, type Exit } from '../process/child-group.js';

/** A process to be kept running. */
export interface ProcessSpec extends ChildGroupSpec {
  readonly name: string;
  /** The whole environment of the child: it inherits nothing, so that no secret of one service reaches another. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Ready once a `GET` of it answers 200, such as `https://127.0.0.1:8443/health/ready`. */
  readonly readyUrl?: string;
  /** PEM of the authority that `readyUrl` is checked against. */
  readonly readyCa?: string;
  /** Ready once it resolves to true; asked again until then. For what does not speak HTTP. */
  readonly ready?: () => Promise<boolean>;
  /** How long it may take to become ready; 120 s unless said. */
  readonly readyWithinMs?: number;
  /**
   * A start that fails is tried again for so long, 0 unless said. For a server whose killed predecessor may hold its
   * files for a moment longer.
   */
  readonly retryStartForMs?: number;
  /** Whether it is started again when it ends by itself. */
  readonly restart: boolean;
  /** Names of processes that must be ready before this one starts. */
  readonly after?: readonly string[];
  /** How it is asked to end (`SIGTERM` unless said), and how long it may take before SIGKILL (10 s unless said). */
  readonly stopSignal?: NodeJS.Signals;
  readonly stopWithinMs?: number;
}

/** A process ended that was not asked to by `stop`. */
export interface ProcessExit {
  readonly name: string;
  readonly pid: number;
  readonly exit: Exit;
  /** Whether it is started again. */
  readonly restarts: boolean;
}
