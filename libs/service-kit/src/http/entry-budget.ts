/**
 * How many entries of the ledger somebody may cause who is answered for by nobody: so many in a second, and beyond it they are counted
 * only, for a flood of refusals must not become a flood of entries.
 */
export class EntryBudget {
  private second = 0;
  private inSecond = 0;
  private leftOut = 0;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether one more may be written now. */
  admits(): boolean {
    const second = Math.floor(this.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.inSecond = 0;
    }
    this.inSecond += 1;
    if (this.inSecond <= this.perSecond) return true;
    this.leftOut += 1;
    return false;
  }

  /** For the next entry: how many were left out since the last one, when any were. */
  takeSuppressed(): { readonly suppressed?: number } {
    const suppressed = this.leftOut;
    this.leftOut = 0;
    return suppressed > 0 ? { suppressed } : {};
  }
}
