const MINUTE_MS = 60_000;
/** Askers counted at a time; beyond it the oldest is forgotten, for to count must not become the flood. */
const MAX_ASKERS = 65_536;

interface Window {
  count: number;
  readonly untilMs: number;
}

/** How long who asks has to wait, in seconds; 0 when the request may come in. */
export type RequestLimit = (asker: string) => number;

/** Counts requests by who asks in windows of a minute, each beginning with the asker's first; a request costs the same at any limit. */
export function requestLimit(perMinute: number, now: () => number = Date.now): RequestLimit {
  const windows = new Map<string, Window>();
  return (asker) => {
    const nowMs = now();
    let window = windows.get(asker);
    if (window === undefined || window.untilMs <= nowMs) {
      windows.delete(asker);
      window = { count: 0, untilMs: nowMs + MINUTE_MS };
      windows.set(asker, window);
      const oldest = windows.keys().next();
      if (windows.size > MAX_ASKERS && !oldest.done) windows.delete(oldest.value);
    }
    window.count += 1;
    return window.count <= perMinute ? 0 : Math.ceil((window.untilMs - nowMs) / 1000);
  };
}
