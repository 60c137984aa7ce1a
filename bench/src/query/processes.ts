import { readFileSync, readdirSync } from 'node:fs';

/** Processes to be measured together, under a name: each with whatever it has started. */
export type WatchedProcesses = () => ReadonlyMap<string, number | undefined>;

/** What one process, or a tree of them, had used at a moment. */
interface Reading {
  readonly cpuTicks: number;
  readonly residentBytes: number;
  readonly proportionalBytes: number;
}

interface Snapshot {
  readonly atMs: number;
  readonly busyTicks: number;
  readonly readings: ReadonlyMap<string, Reading>;
}

/** One process between two moments. */
export interface Usage {
  /** Percent of one core. */
  readonly cpuPercent: number;
  /** Resident at the end, shared pages counted in each process (`VmRSS`). */
  readonly residentMiB: number;
  /** Resident at the end, shared pages divided among those who share them (`Pss`). */
  readonly proportionalMiB: number;
}

export interface MachineUsage {
  readonly processes: Readonly<Record<string, Usage>>;
  /** Percent of one core that nobody of the benchmark used. */
  readonly othersPercent: number;
}

const TICKS_PER_SECOND = 100;
const MIB = 1024 * 1024;

/** Starts watching; call the result to hear what was used since. Needs Linux' `/proc`. */
export function watchUsage(watched: WatchedProcesses): () => MachineUsage {
  const before = snapshot(watched());
  return () => {
    const after = snapshot(watched());
    const seconds = (after.atMs - before.atMs) / 1000;
    const percent = (ticks: number): number => Math.max(0, ticks / TICKS_PER_SECOND / seconds) * 100;
    let own = 0;
    const processes: Record<string, Usage> = {};
    for (const [name, reading] of after.readings) {
      const ticks = reading.cpuTicks - (before.readings.get(name)?.cpuTicks ?? 0);
      own += ticks;
      processes[name] = {
        cpuPercent: Math.round(percent(ticks)),
        residentMiB: Math.round(reading.residentBytes / MIB),
        proportionalMiB: Math.round(reading.proportionalBytes / MIB),
      };
    }
    return { processes, othersPercent: Math.round(percent(after.busyTicks - before.busyTicks - own)) };
  };
}

function snapshot(watched: ReadonlyMap<string, number | undefined>): Snapshot {
  const children = childrenByParent();
  const readings = new Map<string, Reading>();
  for (const [name, pid] of watched) {
    if (pid === undefined) continue;
    // The benchmark's own process started all others; only itself is meant.
    const pids = name === OWN ? [pid] : treeOf(pid, children);
    readings.set(name, sumOf(pids.map(readProcess)));
  }
  return { atMs: performance.now(), busyTicks: busyTicks(), readings };
}

/** The benchmark's own process, under which it stands in a reading. */
export const OWN = 'bench';

function treeOf(root: number, children: ReadonlyMap<number, readonly number[]>): number[] {
  return [root, ...(children.get(root) ?? []).flatMap((child) => treeOf(child, children))];
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(statFields(Number(entry))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  return children;
}

/** The fields of `/proc/<pid>/stat` after the command's name, which may hold anything. */
function statFields(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProcess(pid: number): Reading {
  const fields = statFields(pid);
  const kilobytes = (path: string, label: string): number =>
    Number(new RegExp(`^${label}:\\s+(\\d+)`, 'm').exec(read(path) ?? '')?.[1] ?? 0) * 1024;
  return {
    cpuTicks: Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0),
    residentBytes: kilobytes(`/proc/${pid}/status`, 'VmRSS'),
    proportionalBytes: kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss'),
  };
}

function sumOf(readings: readonly Reading[]): Reading {
  const sum = (of: (reading: Reading) => number): number => readings.reduce((total, one) => total + of(one), 0);
  return {
    cpuTicks: sum(({ cpuTicks }) => cpuTicks),
    residentBytes: sum(({ residentBytes }) => residentBytes),
    proportionalBytes: sum(({ proportionalBytes }) => proportionalBytes),
  };
}

function busyTicks(): number {
  const [user, nice, system, , , irq, softirq, steal] = (read('/proc/stat') ?? '')
    .split('\n', 1)
    .join()
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0);
}

/** `undefined` where the process has just ended, or the system has no such file. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}
