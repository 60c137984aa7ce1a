interface Standing {
  readonly headSize: number;
  /** The newest checkpoint with a quorum, and when that was, by the wall clock. */
  readonly cosigned: { readonly size: number; readonly atMs: number } | undefined;
  readonly nowMs: number;
  /** The witnesses are left alone until then. */
  readonly notBeforeMs: number;
  readonly refreshMs: number;
}

/** How long until the witnesses are asked: at once for a head they have not seen, else when their word is getting old. */
export function msUntilRound({ headSize, cosigned, nowMs, notBeforeMs, refreshMs }: Standing): number {
  const dueMs = headSize === cosigned?.size ? cosigned.atMs + refreshMs : nowMs;
  return Math.max(0, dueMs - nowMs, notBeforeMs - nowMs);
}
