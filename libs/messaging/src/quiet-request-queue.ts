// A static import, so that a bundled service changes the class that is in its bundle.
import RequestQueueClass from 'kafkajs/src/network/requestQueue/index.js';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/** Not part of kafkajs' types, and the one place where this project reaches behind them (docs/adr/0014). */
const { prototype } = RequestQueueClass as { readonly prototype: RequestQueue & { isQuiet?: true } };

/**
 * Stops kafkajs 2.2.4 from waking up a thousand times a second for each connection.
 *
 * After every response its request queue sets a timer for the end of a throttling that was never imposed (`throttledUntil` is -1,
 * so the delay is negative, which Node.js makes one millisecond, with a warning), and the timer sets the next one, for ever.
 * A queue in which nothing waits has nothing to look after; one in which something waits keeps its timer.
 */
export function quietRequestQueue(): void {
  if (prototype.isQuiet) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.isQuiet = true;
}
