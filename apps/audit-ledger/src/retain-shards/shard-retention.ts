import { setTimeout as pause } from 'node:timers/promises';

import { openHead, parseLeaf } from '@hie/ledger-entry';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { PinoLogger, Refusal, SERVICE_CONFIG } from '@hie/service-kit';
import {
  type Shard,
  TransparencyLogError,
  attests,
  droppedMarkOf,
  isDropping,
  leafHash,
  markOf,
} from '@hie/transparency-log';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';

import { Sequencer } from '../append-event/sequencer.js';
import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { LEDGER_CLOCK, type LedgerClock } from '../keep-shards/ledger-clock.js';
import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { type ShardPlace, placeOf, shardOf } from '../read-log/log-view.js';
import { type RetentionDecision, type ShardFacts, decideRetention } from './decide-retention.js';
import { RetentionStore } from './retention.store.js';

/** Where the ledger says that shards were dropped, and the proof of it. */
export interface DroppingReceipt extends ShardPlace {
  readonly dropped: readonly string[];
  readonly leafHash: Uint8Array;
  /** RFC 6962 audit path to the root of the checkpoint. */
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
}

/** How often it is looked whether the witnesses have vouched for the entry. */
const AGAIN_MS = 1_000;

/**
 * Drops shards whose time is over: says so in the log first, and removes their entries once witnesses have vouched for that.
 *
 * An entry `ledger.shard-dropped` in the open shard names each dropped shard, with its root, in clear, and all that were dropped before.
 * Whatever is removed afterwards is removed because that entry stands, by this process or, after a crash, by the next one: the entry is the
 * intent, and doing it again does what is left. A shard whose files say that it was dropped, and of which no entry says so, stops the service.
 */
@Injectable()
export class ShardRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private finishing: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  constructor(
    private readonly sequencer: Sequencer,
    private readonly shards: ShardKeeper,
    private readonly store: RetentionStore,
    private readonly keys: LedgerKeys,
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
    @Inject(LEDGER_CLOCK) private readonly now: LedgerClock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const marked = await this.marked();
    for (const { name, isDropped } of this.shards.closed) {
      if (isDropped && !marked.shards.some((shard) => shard.name === name)) {
        this.logger.fatal({ shard: name }, 'shard dropped without an entry');
        throw new TransparencyLogError('shard-chain-broken');
      }
    }
    if (marked.shards.length > 0) this.finish();
  }

  async onApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.finishing;
  }

  /** What would be dropped now, and why the others stay. Changes nothing. */
  async plan(client?: Pick<Pool, 'query'>): Promise<readonly (RetentionDecision & { readonly entries: number })[]> {
    const facts = await Promise.all(this.shards.all.map(({ name }) => this.factsOf(name, client)));
    const decided = decideRetention(facts, { nowMs: this.now(), years: this.config.LEDGER_RETENTION_YEARS });
    return decided.map((decision, at) => ({ ...decision, entries: this.shards.all[at]?.head.size ?? 0 }));
  }

  /**
   * Says in the log that these shards are dropped; their entries go after that, as soon as witnesses have vouched for it.
   *
   * @param matter the file number of the order.
   * @throws Refusal `shard-kept` (409) when one of them may not go, or is none; then none goes.
   */
  async drop(names: readonly string[], matter: string, claims: TransactionClaims): Promise<DroppingReceipt> {
    let receipt: DroppingReceipt | undefined;
    await this.sequencer.between(() =>
      this.store.whileHoldsStand(async (client) => {
        const plan = await this.plan(client);
        const mayGo = (name: string): boolean =>
          plan.some((decision) => decision.name === name && decision.state === 'droppable');
        if (names.length === 0 || !names.every(mayGo)) throw new Refusal('shard-kept', 409);
        receipt = await this.append(names, matter, claims);
      }),
    );
    if (receipt === undefined) throw new RangeError('Nothing was appended.');
    this.finish();
    return receipt;
  }

  /** Resolves when everything that the log says was dropped is gone. */
  async settled(): Promise<void> {
    await this.finishing;
  }

  private async append(names: readonly string[], matter: string, claims: TransactionClaims): Promise<DroppingReceipt> {
    const before = await this.marked();
    const added = this.shards.closed.filter(({ name }) => names.includes(name));
    const dropped = [...before.shards, ...added].map(droppedMarkOf);
    const years = this.config.LEDGER_RETENTION_YEARS;
    const mark = { dropped, rule: `${years} years after the last entry` };
    const details = { shards: [...names], matter, years };
    const leaf = this.shards.entryOf('ledger.shard-dropped', mark, details, claims);
    const { log, name } = this.shards.current;
    const { firstIndex: index, checkpoint } = await log.append([leaf]);
    const proof = await log.proofs.inclusion(index, checkpoint);
    return { shard: name, index, dropped: names, leafHash: leafHash(leaf), proof, checkpoint: checkpoint.raw };
  }

  private finish(): void {
    this.finishing = this.finishing
      .then(() => this.removeMarked())
      .catch((error: unknown) => {
        if (this.ending.signal.aborted) return;
        // The entry stands: the next start, or the next order, removes what is left.
        this.logger.error({ err: error }, 'dropped shard not removed');
      });
  }

  private async removeMarked(): Promise<void> {
    for (;;) {
      const { shards, isCosigned } = await this.marked();
      if (isCosigned) return this.remove(shards);
      await pause(AGAIN_MS, undefined, { signal: this.ending.signal, ref: false });
    }
  }

  private async remove(shards: readonly Shard[]): Promise<void> {
    for (const { name, begin, head } of shards) {
      // First its ends are kept: from then on it is read as one that was dropped, and its gap in the table as what it is.
      await this.sequencer.between(() => this.shards.drop(name));
      const rows = await this.store.dropRows(begin, begin + head.size);
      await this.shards.clear(name);
      if (rows > 0) this.logger.info({ shard: name, size: head.size, rows }, 'shard dropped');
    }
  }

  /** The shards that the newest entry of the kind says were dropped; of other logs it says nothing. */
  private async marked(): Promise<{ readonly shards: readonly Shard[]; readonly isCosigned: boolean }> {
    const row = await this.store.newestDropping();
    if (row === undefined) return { shards: [], isCosigned: false };
    const all = this.shards.all;
    const { head, proofs, begin, name } = shardOf(all, row.position);
    const mark = markOf(await proofs.entry(placeOf(all, row.position).index, head));
    if (!isDropping(mark)) throw new TransparencyLogError('shard-chain-broken', { index: row.position - begin });
    const shards = this.shards.closed.filter((shard) => attests(mark, name, { ...shard.head, begin: shard.begin }));
    return { shards, isCosigned: row.position < begin + this.shards.publishedOf(name) };
  }

  private async factsOf(name: string, client?: Pick<Pool, 'query'>): Promise<ShardFacts> {
    const { begin, head, proofs } = this.shards.all.find((shard) => shard.name === name) as Shard;
    const closed = this.shards.closed.find((shard) => shard.name === name);
    const state = { name, isClosed: closed !== undefined, isDropped: closed?.isDropped === true };
    const isCosigned = closed !== undefined && this.shards.publishedOf(name) === head.size;
    if (state.isDropped || head.size === 0)
      return { ...state, isCosigned, lastAtMs: 0, missingRows: 0, heldEntries: 0, openCases: 0 };
    const { rows, lastAt, heldEntries, openCases } = await this.store.factsOf(begin, begin + head.size, client);
    // The table may lie about time, the log does not.
    const last = openHead(parseLeaf(await proofs.entry(head.size - 1, head)), this.keys.entries);
    const lastAtMs = Math.max(Date.parse(last.at), lastAt?.getTime() ?? 0);
    return { ...state, isCosigned, lastAtMs, missingRows: head.size - rows, heldEntries, openCases };
  }
}
