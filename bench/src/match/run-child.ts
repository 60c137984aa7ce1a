import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export interface ChildRun {
  readonly seconds: number;
  /** Peak resident memory in bytes; 0 where the system does not tell (it does on Linux). */
  readonly peakBytes: number;
  readonly stdout: string;
  /** The last 4,000 characters of standard error. */
  readonly stderr: string;
}

export interface ChildBounds {
  /** It is ended when it keeps more than this resident. */
  readonly maxResidentBytes?: number;
  /** Hears what it says on standard error, as it says it. */
  readonly onProgress?: (text: string) => void;
}

/**
 * Runs a command to its end and watches its memory.
 *
 * @throws Error with the last lines of standard error when it fails, or was ended for its memory.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  { maxResidentBytes = Number.POSITIVE_INFINITY, onProgress }: ChildBounds = {},
): Promise<ChildRun> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  let peakBytes = 0;
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + String(chunk)).slice(-4000);
    onProgress?.(String(chunk));
  });
  const watch = setInterval(() => {
    void peakOf(child.pid).then((peak) => {
      peakBytes = Math.max(peakBytes, peak);
      if (peakBytes > maxResidentBytes) child.kill('SIGKILL');
    });
  }, 100);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (peakBytes > maxResidentBytes) throw new Error('a command of the benchmark took more memory than it may');
    if (code !== 0) throw new Error('a command of the benchmark failed', { cause: stderr });
    return { seconds: (performance.now() - began) / 1000, peakBytes, stdout, stderr };
  } finally {
    clearInterval(watch);
  }
}

async function peakOf(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // Not Linux, or the process has just ended.
  }
}
