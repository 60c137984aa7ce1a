import { setTimeout as pause } from 'node:timers/promises';

import { LocalExchangeError } from '../local-exchange-error.js';
import { type ChildGroup, type Exit, startGroup } from '../process/child-group.js';
import { decideRestart, type Life, type RestartPolicy } from './decide-restart.js';
import { endFailure, logSize } from './end-failure.js';
import { answersOk } from './probe.js';
import { type ProcessExit, type ProcessSpec } from './process-spec.js';

const PROBE_EVERY_MS = 100;
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 10_000;

/** One process that is kept running: started, watched, started again. */
export interface KeptProcess {
  readonly spec: ProcessSpec;
  pid(): number | undefined;
  /** Starts it and resolves when it is ready; rejects when it ends first or takes too long. */
  start(): Promise<void>;
  /** Resolves when it is ready, now or after its next start; rejects when it never will be. */
  ready(): Promise<void>;
  /** Sends a signal to its group. An end that follows counts as asked for, not as a crash. */
  kill(signal: NodeJS.Signals): void;
  /** Ends it, and resolves once it has ended; it stays down until `start`. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface KeptProcessHooks {
  readonly onExit: (exit: ProcessExit) => void;
  readonly onFailure: (failure: LocalExchangeError) => void;
  readonly policy?: RestartPolicy;
}

export function keptProcess(spec: ProcessSpec, hooks: KeptProcessHooks): KeptProcess {
  let group: ChildGroup | undefined;
  let wanted = false;
  let up = false;
  let askedFor = false;
  let failed: LocalExchangeError | undefined;
  let lives: Life[] = [];
  let waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  const settle = (error?: unknown): void => {
    const settled = waiting;
    waiting = [];
    settled.forEach(({ resolve, reject }) => (error === undefined ? resolve() : reject(error)));
  };

  const fail = (failure: LocalExchangeError): void => {
    wanted = false;
    failed = failure;
    settle(failure);
    hooks.onFailure(failure);
  };

  /** One life: from its start to being ready. What follows its end is decided in `afterLife`. */
  const live = async (first: boolean): Promise<void> => {
    const logStart = logSize(spec.logFile);
    const own = await startGroup(spec);
    group = own;
    const life: { readyAtMs?: number } = {};
    void own.exited.then((exit) => {
      group = undefined;
      up = false;
      const unready = first && life.readyAtMs === undefined;
      if (wanted && !unready) {
        afterLife(own.pid, exit, { ...life, endedAtMs: Date.now() }, logStart);
      }
    });
    try {
      await becomeReady(spec, own, logStart);
    } catch (error) {
      own.signal('SIGKILL');
      await own.exited;
      throw error;
    }
    life.readyAtMs = Date.now();
    up = true;
    settle();
  };

  const afterLife = (pid: number, exit: Exit, life: Life, logStart: number): void => {
    const deliberate = askedFor;
    askedFor = false;
    lives = deliberate ? [] : [...lives, life].slice(-20);
    const decision = deliberate ? ({ kind: 'restart', delayMs: 0 } as const) : decideRestart(lives, hooks.policy);
    const restarts = spec.restart && decision.kind === 'restart';
    hooks.onExit({ name: spec.name, pid, exit, restarts });
    if (!spec.restart) return fail(endFailure('process-ended', spec, exit, logStart));
    if (decision.kind === 'give-up') return fail(endFailure('process-gave-up', spec, exit, logStart));
    void pause(decision.delayMs, undefined, { ref: false }).then(() => wanted && again());
  };

  /** A later life that ends before it is ready is counted by `afterLife`; only what it can't see is told from here. */
  const again = (): void =>
    void live(false).catch((error: unknown) => {
      if (error instanceof LocalExchangeError && error.code === 'process-not-startable') fail(error);
    });

  return {
    spec,
    pid: () => group?.pid,
    start: async () => {
      wanted = true;
      failed = undefined;
      lives = [];
      const retryUntilMs = Date.now() + (spec.retryStartForMs ?? 0);
      for (;;) {
        try {
          return await live(true);
        } catch (error) {
          if (wanted && Date.now() < retryUntilMs) {
            await pause(PROBE_EVERY_MS);
            continue;
          }
          wanted = false;
          settle(error);
          throw error;
        }
      }
    },
    ready: async () => {
      if (failed !== undefined) throw failed;
      if (up) return;
      await new Promise<void>((resolve, reject) => {
        waiting.push({ resolve, reject });
      });
    },
    kill: (signal) => {
      askedFor = signal === 'SIGKILL' || signal === 'SIGTERM' || signal === (spec.stopSignal ?? 'SIGTERM');
      group?.signal(signal);
    },
    end: async (signal) => {
      wanted = false;
      const own = group;
      if (own === undefined) return;
      up = false;
      own.signal(signal);
      const bound = pause(spec.stopWithinMs ?? STOP_WITHIN_MS, 'late', { ref: false });
      if ((await Promise.race([own.exited, bound])) === 'late') own.signal('SIGKILL');
      await own.exited;
    },
  };
}

async function becomeReady(spec: ProcessSpec, group: ChildGroup, logStart: number): Promise<void> {
  let ended: Exit | undefined;
  const exited = group.exited.then((exit) => {
    ended = exit;
  });
  const deadline = Date.now() + (spec.readyWithinMs ?? READY_WITHIN_MS);
  for (;;) {
    const isReady = await Promise.race([probe(spec), exited.then(() => false)]);
    if (ended !== undefined) throw endFailure('process-ended', spec, ended, logStart);
    if (isReady) return;
    if (Date.now() > deadline)
      throw new LocalExchangeError('process-not-ready', { process: spec.name, log: spec.logFile });
    await Promise.race([pause(PROBE_EVERY_MS), exited]);
  }
}

async function probe({ readyUrl, readyCa, ready }: ProcessSpec): Promise<boolean> {
  const answers = await Promise.all([
    readyUrl === undefined ? true : answersOk(readyUrl, readyCa),
    ready === undefined ? true : ready(),
  ]);
  return answers.every(Boolean);
}
