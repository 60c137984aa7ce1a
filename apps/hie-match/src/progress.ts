/** Tells on standard error how far a long piece of work has come: rate and time left, at most once a second. */
export interface Progress {
  /** @param done of `total`, in `unit`. */
  update(done: number): void;
  finish(summary: string): void;
}

export function startProgress(
  label: string,
  total: number,
  unit: string,
  out: NodeJS.WritableStream = process.stderr,
): Progress {
  const began = performance.now();
  let last = began;
  const isTerminal = 'isTTY' in out && out.isTTY === true;
  return {
    update: (done) => {
      const now = performance.now();
      if (now - last < 1000) return;
      last = now;
      const rate = done / ((now - began) / 1000);
      const left = rate > 0 ? (total - done) / rate : 0;
      const line = `${label}: ${Math.floor((100 * done) / total)} % · ${compact(rate)} ${unit}/s · ${Math.ceil(left)} s left`;
      out.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`);
    },
    finish: (summary) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      out.write(`${isTerminal ? '\r\x1b[K' : ''}${label}: ${summary} in ${seconds} s\n`);
    },
  };
}

export function compact(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
