/** Where an event stands in the log. */
export interface KnownPlace {
  /** Its position among the entries of all shards. */
  readonly index: number;
  readonly leafHash: Uint8Array;
}

/** How far the clock of a service may be from this one's; a seal from further ahead is refused before it gets here. */
const CLOCK_SKEW_MS = 5_000;
/** Twice that, and the time from an event to the clock that was read when it was appended. */
const MARGIN_MS = 60_000;

/**
 * The places of events that this process appended, and how far back it remembers all of them.
 *
 * An event happened before it was appended. One that happened well within what is remembered, and is not among it, was never
 * appended: nobody has to be asked. Only for older ones, and for some that claim to be from the future, the projection is.
 */
export class RecentPlaces {
  private readonly places = new Map<string, KnownPlace & { readonly appendedAtMs: number }>();

  /** @param rememberedFromMs everything appended since is remembered, ms since the epoch. */
  constructor(
    private rememberedFromMs: number,
    private readonly capacity: number,
  ) {}

  find(eventId: string): KnownPlace | undefined {
    return this.places.get(eventId);
  }

  /** Whether an event that is not found here may be in the log all the same. @param at when it happened, as it says itself. */
  mayBeForgotten(at: string, nowMs: number): boolean {
    const atMs = Date.parse(at);
    return !(atMs > this.rememberedFromMs + MARGIN_MS && atMs <= nowMs + CLOCK_SKEW_MS);
  }

  remember(eventId: string, place: KnownPlace, nowMs: number): void {
    // A copy: the hash is a view of eight kilobytes that it shares with what else was made then, and would keep all of them.
    const leafHash = new Uint8Array(place.leafHash);
    this.places.set(eventId, { ...place, leafHash, appendedAtMs: nowMs });
    if (this.places.size <= this.capacity) return;
    const oldest = this.places.entries().next();
    if (oldest.done) return;
    const [forgotten, { appendedAtMs }] = oldest.value;
    this.places.delete(forgotten);
    this.rememberedFromMs = Math.max(this.rememberedFromMs, appendedAtMs);
  }
}
