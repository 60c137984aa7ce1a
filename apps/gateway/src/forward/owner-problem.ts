/** An owner's refusal, with its own stable code. */
export class OwnerProblem extends Error {
  override readonly name = 'OwnerProblem';
  readonly retry = 'never';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: unknown,
    /** What the owner says was tried, where the code does not: for the ledger alone. */
    readonly attempt?: string,
  ) {
    super(code);
  }
}
