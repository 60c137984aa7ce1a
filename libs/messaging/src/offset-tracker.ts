/**
 * Knows up to where everything before has been handled, when messages finish out of order.
 *
 * Only that far may be committed: after a crash, what lies behind is delivered again.
 */
export class OffsetTracker {
  private readonly partitions = new Map<string, { open: Set<bigint>; highest: bigint; committed: bigint }>();

  start(topic: string, partition: number, offset: string): void {
    const at = BigInt(offset);
    const state = this.stateOf(topic, partition, at);
    state.open.add(at);
    if (at > state.highest) state.highest = at;
  }

  finish(topic: string, partition: number, offset: string): void {
    this.partitions.get(partitionKey(topic, partition))?.open.delete(BigInt(offset));
  }

  /** The next offset to read for each partition that has moved since the last call. */
  takeCommittable(): { topic: string; partition: number; offset: string }[] {
    const moved: { topic: string; partition: number; offset: string }[] = [];
    for (const [key, state] of this.partitions) {
      const next = lowest(state.open) ?? state.highest + 1n;
      if (next <= state.committed) continue;
      state.committed = next;
      const cut = key.lastIndexOf('/');
      moved.push({ topic: key.slice(0, cut), partition: Number(key.slice(cut + 1)), offset: next.toString() });
    }
    return moved;
  }

  /** Forgets everything: after a rebalance the partitions may be another's. */
  reset(): void {
    this.partitions.clear();
  }

  private stateOf(topic: string, partition: number, at: bigint) {
    const key = partitionKey(topic, partition);
    let state = this.partitions.get(key);
    if (state === undefined) {
      state = { open: new Set(), highest: at, committed: at };
      this.partitions.set(key, state);
    }
    return state;
  }
}

const partitionKey = (topic: string, partition: number): string => `${topic}/${partition}`;

function lowest(offsets: ReadonlySet<bigint>): bigint | undefined {
  let found: bigint | undefined;
  for (const offset of offsets) if (found === undefined || offset < found) found = offset;
  return found;
}
