/** Entries from `begin` up to, and without, `end`. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** Remembers how far a log had grown when, so that each entry is looked at once, a fixed time after it came. */
export interface DueRanges {
  /** The log has grown to this size. */
  grown(size: number): void;
  /** The next range, once its time has come. */
  take(): Range | undefined;
  /** When the next range is due, in milliseconds from now; `undefined` when there is none. */
  readonly dueInMs: number | undefined;
}

/**
 * @param begin the first entry to look at.
 * @param afterMs how long an entry is left alone, at least; at most `everyMs` longer.
 * @param nowMs a clock that never goes back.
 */
export function dueRanges(begin: number, afterMs: number, everyMs: number, nowMs: () => number): DueRanges {
  const marks: { end: number; firstMs: number }[] = [];
  let next = begin;
  return {
    grown: (size) => {
      const last = marks.at(-1);
      const now = nowMs();
      if (last !== undefined && now - last.firstMs < everyMs) last.end = size;
      else if (size > next) marks.push({ end: size, firstMs: now });
    },
    take: () => {
      const [mark] = marks;
      if (mark === undefined || nowMs() - mark.firstMs < afterMs + everyMs) return undefined;
      marks.shift();
      const range = { begin: next, end: mark.end };
      next = mark.end;
      return range;
    },
    get dueInMs() {
      const [mark] = marks;
      return mark === undefined ? undefined : Math.max(0, mark.firstMs + afterMs + everyMs - nowMs());
    },
  };
}
