/** Keeps the newest of what was verified: the oldest goes when there are too many. */
export class Remembered<T> {
  private readonly kept = new Map<string, T>();

  constructor(private readonly capacity: number) {}

  find(key: string): T | undefined {
    return this.kept.get(key);
  }

  keep(key: string, value: T): T {
    this.kept.delete(key);
    this.kept.set(key, value);
    if (this.kept.size <= this.capacity) return value;
    const oldest = this.kept.keys().next();
    if (!oldest.done) this.kept.delete(oldest.value);
    return value;
  }
}
