import type { SigningKey } from '@hie/key-store';
import type { EntryDetails } from '@hie/ledger-entry';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { FileKeyring, PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import {
  type NoteSigner,
  type OpenCheckpoint,
  type OpenShard,
  type Shard,
  type ShardChain,
  type Signers,
  type TransparencyLog,
  type TreeHead,
  type VerifierKey,
  compareShards,
  openShards,
  shardAt,
  verifierKey,
} from '@hie/transparency-log';
import { Inject, Injectable } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { type ShardState, shardOf } from '../read-log/log-view.js';
import { directoryShards } from './directory-shards.js';
import { LEDGER_CLOCK, type LedgerClock } from './ledger-clock.js';
import { shardEntry } from './shard-entry.js';

type Signing = readonly [SigningKey, ...SigningKey[]];

/** Asks witnesses for a closed log's last head, once. */
type Vouch = (log: TransparencyLog) => Promise<string | undefined>;

/**
 * Keeps the chain of half-yearly logs for the sequencer: which of them takes entries, where each begins, and when the next is due.
 *
 * An entry's position counts over all shards, in their order; shard and index in it follow. The turn is at the first entry after a
 * half-year has begun (UTC), or when the operator wants it.
 */
@Injectable()
export class ShardKeeper {
  private chain: ShardChain | undefined;
  private vouch: Vouch = () => Promise.resolve(undefined);
  /** Those that sign. */
  private signing: Signing | undefined;
  /** By their ids under the chain's name: those that sign, and those that did since the service started. */
  private readonly known = new Map<number, SigningKey['publicKey']>();

  constructor(
    private readonly keys: LedgerKeys,
    private readonly keyring: FileKeyring,
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
    @Inject(LEDGER_CLOCK) private readonly now: LedgerClock,
  ) {}

  /**
   * Opens the chain; finishes a hand-over that a dead process began.
   *
   * @param atLeast the newest head of each shard that is known elsewhere.
   * @throws TransparencyLogError, `log-rolled-back` among them; TileStorageError
   */
  async open(atLeast: ReadonlyMap<string, TreeHead>): Promise<void> {
    const { LEDGER_DIR, LEDGER_ORIGIN: base, LEDGER_TAKE_OVER, WITNESSES_FILE } = this.config;
    const store = directoryShards(LEDGER_DIR, { takeOver: LEDGER_TAKE_OVER === 'yes' });
    const entry = (action: string, details: Record<string, string>) => (mark: Parameters<typeof shardEntry>[1]) =>
      this.entryOf(action, mark, details);
    const writing = {
      ...{ store, base, signersOf: this.signersOf, atLeast },
      publication: WITNESSES_FILE === undefined ? ('at-once' as const) : ('when-cosigned' as const),
      closingEntry: entry('ledger.shard-closed', {}),
      openingEntry: entry('ledger.shard-opened', {}),
      vouch: (log: TransparencyLog) => this.vouch(log),
    };
    this.signWith(this.keyring.signingKeys('log'));
    this.chain = await openShards(writing, this.now());
  }

  /** An entry about the log itself. @param claims of whoever ordered it */
  entryOf(
    action: string,
    mark: Parameters<typeof shardEntry>[1],
    details: EntryDetails,
    claims?: TransactionClaims,
  ): Uint8Array {
    return shardEntry(action, mark, details, { ledger: this.keys, service: this.keyring }, this.now(), claims);
  }

  async close(): Promise<void> {
    await this.chain?.close();
  }

  get isOpen(): boolean {
    return this.chain !== undefined;
  }

  /** The shard that takes entries. */
  get current(): OpenShard {
    return this.opened().open;
  }

  /** All shards, oldest first; the last takes entries. */
  get all(): readonly ShardState[] {
    const { closed, open } = this.opened();
    const { head, proofs } = open.log;
    return [...closed, { name: open.name, begin: open.begin, head, proofs, isDropped: false }];
  }

  /** Those that are closed, oldest first. */
  get closed(): readonly Shard[] {
    return this.opened().closed;
  }

  /** How many entries of a shard the published checkpoint counts; 0 for none. */
  publishedOf(name: string): number {
    const { closed, open, unvouched } = this.opened();
    if (name === open.name) return open.log.published.size;
    const shard = closed.find((each) => each.name === name);
    const waiting = unvouched.find(({ head }) => head.origin === shard?.head.origin);
    return waiting?.published.size ?? shard?.published ?? 0;
  }

  /** Keeps the two ends of a shard that an entry says was dropped: from now on it is read as that. Nothing is removed yet. */
  async drop(name: string): Promise<void> {
    await this.opened().drop(name);
  }

  /** Removes the entries and tiles of a shard that was dropped. */
  async clear(name: string): Promise<void> {
    await this.opened().clear(name);
  }

  /** The keys that checkpoints of a log of this chain are signed with, or were before a change of keys. */
  keysOf(origin: string): readonly VerifierKey[] {
    return [...this.known.values()].map((key) => verifierKey(origin, 'ed25519', key));
  }

  /** The key file is read again when it changes: from now on the keys that it names sign, and closed logs bear their signatures too. */
  async takeNewKeys(): Promise<void> {
    const next = this.keyring.signingKeys('log');
    if (this.idsOf(next).join() === this.idsOf(this.signing ?? []).join()) return;
    this.signWith(next);
    await this.opened().renewSignatures();
  }

  /** Closed logs that witnesses have not vouched for to the end yet. */
  get unvouched(): readonly TransparencyLog[] {
    return this.opened().unvouched;
  }

  /** Lets go of a closed log whose last checkpoint has been published. */
  async settle(log: TransparencyLog): Promise<void> {
    await this.opened().settle(log);
  }

  /** Who asks the witnesses while a log is handed over. */
  askWitnessesBy(vouch: Vouch): void {
    this.vouch = vouch;
  }

  /** Whether a later half-year has begun than the one that is written. A clock that went back makes none due. */
  get isTurnDue(): boolean {
    return compareShards(shardAt(this.now()), this.current.name) > 0;
  }

  /** Closes the shard that is written and opens the next. Nothing may be appended meanwhile. */
  async handOver(): Promise<OpenShard> {
    await this.takeNewKeys();
    const { name, log } = this.current;
    const next = await this.opened().handOver(this.now());
    this.logger.info({ closed: name, size: log.head.size, opened: next.name, begin: next.begin }, 'shard handed over');
    return next;
  }

  /** Audit path of the entry at a position, to the checkpoint that was given with it. */
  proof(position: number, checkpoint: OpenCheckpoint): Promise<readonly Uint8Array[]> {
    const { proofs, begin } = shardOf(this.all, position);
    return proofs.inclusion(position - begin, checkpoint);
  }

  private signWith(keys: Signing): void {
    this.signing = keys;
    this.idsOf(keys).forEach((id, at) => this.known.set(id, (keys[at] as SigningKey).publicKey));
  }

  private idsOf(keys: readonly SigningKey[]): readonly number[] {
    return keys.map(({ publicKey }) => verifierKey(this.config.LEDGER_ORIGIN, 'ed25519', publicKey).keyId);
  }

  private readonly signersOf = (origin: string): Signers => {
    const signerOf = ({ publicKey, sign }: SigningKey): NoteSigner => ({
      key: verifierKey(origin, 'ed25519', publicKey),
      sign,
    });
    const [first, ...others] = this.signing ?? this.keyring.signingKeys('log');
    return [signerOf(first), ...others.map(signerOf)];
  };

  private opened(): ShardChain {
    if (this.chain === undefined) throw new RangeError('The ledger is not open yet.');
    return this.chain;
  }
}
