// Additive increase, multiplicative decrease: Chiu & Jain, "Analysis of the Increase and Decrease Algorithms for Congestion
// Avoidance in Computer Networks" (1989).

const FIRST = 32;
const LEAST = 4;
const MOST = 1_024;
const DECREASE = 0.7;

/**
 * How many queries this instance may have under way at once: what the exchange behind it was seen to carry.
 *
 * It grows by one for each roundful of queries that were answered while others waited, and shrinks when one was not answered
 * before its deadline, once a roundful: those that fail together have one cause. The time an answer took says nothing, because
 * a slow member makes every answer late while the exchange has nothing to do.
 */
export class AdmissionLimit {
  private limit = FIRST;
  private endedSince = Number.POSITIVE_INFINITY;

  get value(): number {
    return Math.floor(this.limit);
  }

  /** @param isAnswered whether the query had an answer before its deadline. @param isContended whether others waited for its place. */
  noteEnd(isAnswered: boolean, isContended: boolean): void {
    this.endedSince += 1;
    if (isAnswered) {
      if (isContended) this.limit = Math.min(MOST, this.limit + 1 / this.limit);
    } else if (this.endedSince >= this.limit) {
      this.limit = Math.max(LEAST, this.limit * DECREASE);
      this.endedSince = 0;
    }
  }
}
