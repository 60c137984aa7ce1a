import type { Answer, AuditReceipt, ReleaseBasis } from '@hie/contracts';

/** One stage that may leave: the answer, and the ledger's receipt over its very bytes. */
export interface ReleasedStage {
  readonly answer: Answer;
  readonly digest: string;
  readonly receipt: AuditReceipt;
  /** Whether another stage follows. */
  readonly more: boolean;
  /** What must still hold when it is shown; absent where nothing is disclosed. */
  readonly basis?: ReleaseBasis | undefined;
}

/** Says why a stage may not be shown now; `undefined` when it may. */
export type Judge = (stage: ReleasedStage, query: QueryTerms) => string | undefined;

/** A stage that may not be shown, and why. */
export interface WithheldStage {
  readonly stage: ReleasedStage;
  readonly reason: string;
}

/** Why a query ended without an answer. */
export type QueryFailure = 'deadline-passed' | 'no-receipt' | 'service-unavailable';

/** What whoever waits is told: each stage as it is released, then the end. */
export interface QueryListener {
  readonly onStage: (stage: ReleasedStage) => void;
  readonly onEnd: (failure: QueryFailure | undefined) => void;
}

/** What a query is known by. */
export interface QueryTerms {
  readonly txn: string;
  readonly memberId: string;
  /** What was asked: the same idempotency key with another digest is another question. */
  readonly requestDigest: string;
  readonly deadlineMs: number;
  /** The network address it was asked from; absent where whoever asked had hung up. */
  readonly address?: string | undefined;
  /** Whether a stage of it was released before this process knew of it: then it does not fail any more. */
  readonly isAnswered?: boolean;
}

/** Who asked and from where, as the ledger is told of how a query ended. */
export const askerOf = ({ memberId, address }: Pick<QueryTerms, 'memberId' | 'address'>) => ({
  memberId,
  ...(address === undefined ? {} : { address }),
});

type Held = Omit<ReleasedStage, 'receipt'>;

/**
 * A query on its way, as its gateway knows it: answers and receipts come on two topics in any order, and a stage is whole
 * when both halves have come and speak of the same digest. No receipt, no data. What is whole is released once it was judged
 * whether it still may be.
 */
export class PendingQuery implements QueryTerms {
  readonly released: ReleasedStage[] = [];
  private readonly whole: ReleasedStage[] = [];
  private readonly held = new Map<string, Held>();
  private readonly receipts = new Map<string, AuditReceipt>();
  /** Digests of what has been whole: a message that is delivered again, or was read from the store before, changes nothing. */
  private readonly joined = new Set<string>();
  private readonly listeners = new Set<QueryListener>();
  private readonly followers = new Set<QueryListener['onStage']>();
  private ended: { readonly failure: QueryFailure | undefined } | undefined;

  readonly txn: string;
  readonly memberId: string;
  readonly requestDigest: string;
  readonly deadlineMs: number;
  readonly address: string | undefined;
  readonly isAnswered: boolean;

  constructor(terms: QueryTerms) {
    this.txn = terms.txn;
    this.memberId = terms.memberId;
    this.requestDigest = terms.requestDigest;
    this.deadlineMs = terms.deadlineMs;
    this.address = terms.address;
    this.isAnswered = terms.isAnswered ?? false;
  }

  get isEnded(): boolean {
    return this.ended !== undefined;
  }

  addAnswer(held: Held): void {
    if (this.joined.has(held.digest)) return;
    this.held.set(held.digest, held);
    this.join(held.digest);
  }

  addReceipt(digest: string, receipt: AuditReceipt): void {
    if (this.joined.has(digest)) return;
    this.receipts.set(digest, receipt);
    this.join(digest);
  }

  /** Releases what is whole and may be shown. @returns what may not; it is not looked at again. */
  settle(judge: Judge): readonly WithheldStage[] {
    return this.whole.splice(0).flatMap((stage) => {
      // A query that was answered as failed stays failed: its caller has acted on that.
      if (this.ended?.failure !== undefined) return [];
      const reason = judge(stage, this);
      if (reason !== undefined) return [{ stage, reason }];
      this.release(stage);
      return [];
    });
  }

  /** Judges again what was released before, and keeps only what may be shown once more. @returns what may not. */
  review(judge: Judge): readonly WithheldStage[] {
    const released = this.released.splice(0);
    return released.flatMap((stage) => {
      const reason = judge(stage, this);
      if (reason !== undefined) return [{ stage, reason }];
      this.released.push(stage);
      return [];
    });
  }

  /** Ends at the deadline: with what was released, or as failed. */
  expire(): void {
    if (this.isAnswered || this.released.length > 0) this.end(undefined);
    else if (this.whole.length > 0) this.end('service-unavailable');
    else this.end(this.held.size > 0 ? 'no-receipt' : 'deadline-passed');
  }

  end(failure: QueryFailure | undefined): void {
    if (this.ended !== undefined) return;
    this.ended = { failure };
    for (const listener of this.listeners) listener.onEnd(failure);
    this.listeners.clear();
  }

  /** Tells what has happened already, then what happens. @returns how to stop listening. */
  listen(listener: QueryListener): () => void {
    for (const stage of this.released) listener.onStage(stage);
    if (this.ended === undefined) this.listeners.add(listener);
    else listener.onEnd(this.ended.failure);
    return () => this.listeners.delete(listener);
  }

  /** Tells every stage, those that come after the end too. @returns how to stop listening. */
  follow(onStage: QueryListener['onStage']): () => void {
    for (const stage of this.released) onStage(stage);
    this.followers.add(onStage);
    return () => this.followers.delete(onStage);
  }

  private join(digest: string): void {
    const held = this.held.get(digest);
    const receipt = this.receipts.get(digest);
    if (held === undefined || receipt === undefined) return;
    this.held.delete(digest);
    this.receipts.delete(digest);
    this.joined.add(digest);
    this.whole.push({ ...held, receipt });
  }

  private release(stage: ReleasedStage): void {
    this.released.push(stage);
    for (const listener of this.listeners) listener.onStage(stage);
    for (const follower of this.followers) follower(stage);
    if (!stage.more) this.end(undefined);
  }
}

/** Waits for the first stage. @returns what ended the wait. */
export const firstStage = (query: PendingQuery): Promise<ReleasedStage | QueryFailure> =>
  new Promise((resolve) => {
    query.listen({
      onStage: resolve,
      onEnd: (failure) => resolve(failure ?? 'deadline-passed'),
    });
  });

/** Waits until no stage follows, or the deadline; then the last one released. */
export const lastStage = (query: PendingQuery): Promise<ReleasedStage | QueryFailure> =>
  new Promise((resolve) => {
    let latest: ReleasedStage | undefined;
    query.listen({
      onStage: (stage) => {
        latest = stage;
      },
      onEnd: (failure) => resolve(latest ?? failure ?? 'deadline-passed'),
    });
  });
