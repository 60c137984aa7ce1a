import { type LocalExchangeError } from '../local-exchange-error.js';
import { type RestartPolicy } from './decide-restart.js';
import { type KeptProcess, keptProcess } from './kept-process.js';
import { type ProcessExit, type ProcessSpec } from './process-spec.js';
import { startOrder } from './start-order.js';

/** Keeps a set of processes running, and lets tests be hard on them. Every method throws `RangeError` for an unknown name. */
export interface Supervisor {
  /** The process id of the current life; undefined while it is down. */
  pid(name: string): number | undefined;
  /** Sends a signal to the process and what it started (`SIGKILL` unless said); it is restarted at once, as after a crash. */
  kill(name: string, signal?: NodeJS.Signals): void;
  /** Ends it and keeps it down until `bringUp`: for what others do meanwhile. */
  takeDown(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts what was taken down, and resolves when it is ready. */
  bringUp(name: string): Promise<void>;
  /** `takeDown` and `bringUp`, on the same port and the same files. */
  restart(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when it is ready, now or after its next start. */
  ready(name: string): Promise<void>;
  /** Hears of each process that ends without `stop` or `takeDown`; returns how to stop listening. */
  onExit(listener: (exit: ProcessExit) => void): () => void;
  /** Resolves with the reason once a process is left down for good; pending for as long as all is well. */
  readonly failure: Promise<LocalExchangeError>;
  /** Ends all in reverse order of their start. Safe to call twice. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly policy?: RestartPolicy;
  /** Hears of each process as it becomes ready for the first time, with the milliseconds that took. */
  readonly onReady?: (name: string, tookMs: number) => void;
}

/**
 * Starts processes, those that wait for nobody at the same time, and keeps them running.
 *
 * No process outlives this one: an orderly end stops them in reverse order, and the watchdog ends their groups when this
 * process is killed outright.
 *
 * @throws LocalExchangeError naming the process and its log when one ends or stays unready at its first start; those
 *   already started are stopped before.
 */
export async function supervise(specs: readonly ProcessSpec[], options: SuperviseOptions = {}): Promise<Supervisor> {
  const waves = startOrder(specs);
  const listeners = new Set<(exit: ProcessExit) => void>();
  let reportFailure: (failure: LocalExchangeError) => void = () => undefined;
  const failure = new Promise<LocalExchangeError>((resolve) => {
    reportFailure = resolve;
  });
  const kept = new Map<string, KeptProcess>(
    specs.map((spec) => [
      spec.name,
      keptProcess(spec, {
        onExit: (exit) => listeners.forEach((listener) => listener(exit)),
        onFailure: reportFailure,
        ...(options.policy === undefined ? {} : { policy: options.policy }),
      }),
    ]),
  );
  const of = (name: string): KeptProcess => {
    const found = kept.get(name);
    if (found === undefined) throw new RangeError('No process of that name is supervised');
    return found;
  };
  const stop = async (): Promise<void> => {
    for (const wave of [...waves].reverse()) {
      await Promise.all(wave.map(({ name, stopSignal }) => of(name).end(stopSignal ?? 'SIGTERM')));
    }
  };
  const start = async (name: string): Promise<void> => {
    const startedAtMs = Date.now();
    await of(name).start();
    options.onReady?.(name, Date.now() - startedAtMs);
  };

  try {
    for (const wave of waves) await Promise.all(wave.map(({ name }) => start(name)));
  } catch (error) {
    await stop();
    throw error;
  }
  const takeDown = (name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => of(name).end(signal);
  const bringUp = (name: string): Promise<void> => of(name).start();
  return {
    pid: (name) => of(name).pid(),
    kill: (name, signal = 'SIGKILL') => of(name).kill(signal),
    takeDown,
    bringUp,
    restart: async (name, signal) => {
      await takeDown(name, signal);
      await bringUp(name);
    },
    ready: (name) => of(name).ready(),
    onExit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    failure,
    stop,
  };
}
