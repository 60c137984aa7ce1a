/** Injection token of the clock by which half-years turn: milliseconds since the epoch. */
export const LEDGER_CLOCK = Symbol('ledger clock');

export type LedgerClock = () => number;
