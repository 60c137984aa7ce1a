import type { SigningKey } from '@hie/key-store';
import { FileKeyring, PinoLogger, ReadinessRegistry, SERVICE_CONFIG } from '@hie/service-kit';
import { directoryStorage } from '@hie/tile-storage';
import {
  type NoteSigner,
  type OpenCheckpoint,
  type TransparencyLog,
  TransparencyLogError,
  type VerifierKey,
  verifierKey,
  openLog,
} from '@hie/transparency-log';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';
import { EntryStore } from './entry.store.js';
import { gathered } from './gathered.js';
import { StandingEntries } from './standing-entries.js';
import { type KnownPlace, RecentPlaces } from './recent-places.js';

/** An entry's place in the log, durable, under a signed checkpoint. */
export interface Place extends KnownPlace {
  readonly checkpoint: OpenCheckpoint;
}

/** A sealed entry on its way into the log. */
export interface NewEntry {
  readonly eventId: string;
  /** When it happened; ISO 8601. */
  readonly at: string;
  readonly leaf: Uint8Array;
}

interface Waiting {
  readonly entry: NewEntry;
  /** Whether somebody waits for the receipt. */
  readonly isUrgent: boolean;
  readonly resolve: (place: Place) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_BATCH = 256;
/** How long an entry that nobody waits for may wait for company. What a query tells the ledger is mostly such. */
const MAX_WAIT_MS = 250;
/** Places of entries just appended, whose row may not be committed yet. */
const RECENT = 20_000;

/**
 * The one writer of the log: gives each event its index, once.
 *
 * Entries are appended in batches, one at a time. An entry whose receipt is waited for closes its batch at once and takes along all
 * that came before it; without one, a batch is closed at 256 entries or 250 ms after its first. An event that was appended before
 * gets its old index, whether the projection knows it already or only this process does. After a crash the projection is completed
 * from the log's own files before anything new is appended.
 */
@Injectable()
export class Sequencer implements OnModuleInit, OnApplicationShutdown {
  private log: TransparencyLog | undefined;
  private keys: readonly VerifierKey[] = [];
  /** By their ids: those that sign, and those that did since the service started. */
  private readonly known = new Map<number, VerifierKey>();
  private readonly listeners: (() => void)[] = [];
  private readonly gather = gathered<Waiting>({
    run: (batch) => this.run(batch),
    isUrgent: ({ isUrgent }) => isUrgent,
    maxItems: MAX_BATCH,
    maxWaitMs: MAX_WAIT_MS,
  });
  private readonly recent = new RecentPlaces(Date.now(), RECENT);

  constructor(
    private readonly store: EntryStore,
    private readonly standing: StandingEntries,
    private readonly keyring: FileKeyring,
    private readonly logger: PinoLogger,
    @Inject(SERVICE_CONFIG) private readonly config: AuditLedgerConfig,
    readiness: ReadinessRegistry,
  ) {
    readiness.add('ledger', () => this.log !== undefined);
  }

  async onModuleInit(): Promise<void> {
    const { LEDGER_DIR, LEDGER_ORIGIN: origin, WITNESSES_FILE } = this.config;
    const [signer, ...besides] = this.signers();
    const publication = WITNESSES_FILE === undefined ? 'at-once' : 'when-cosigned';
    const log = await openLog(await directoryStorage(LEDGER_DIR), { origin, signer, besides, publication });
    this.signedWith([signer, ...besides].map(({ key }) => key));
    await this.standing.complete(log);
    this.log = log;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.log?.close();
  }

  /** @param isUrgent whether somebody waits for the receipt; an entry that is not urgent may wait for company. */
  append(entry: NewEntry, isUrgent: boolean): Promise<Place> {
    return new Promise((resolve, reject) => this.gather({ entry, isUrgent, resolve, reject }));
  }

  /** The log, once the service has started. */
  get openedLog(): TransparencyLog {
    return this.opened();
  }

  /** The keys that checkpoints are signed with, or were before a change of keys. */
  get logKeys(): readonly VerifierKey[] {
    return [...this.known.values()];
  }

  /** Calls back after each batch, when the log has a new head. */
  onHead(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Audit path from a leaf to the root of a checkpoint. */
  proof({ index, checkpoint }: Place): Promise<readonly Uint8Array[]> {
    return this.opened().proofs.inclusion(index, checkpoint);
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.place(batch);
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
      if (error instanceof TransparencyLogError) this.giveUp(error);
    }
  }

  private async place(group: readonly Waiting[]): Promise<void> {
    const known = await this.knownPlaces(group.map(({ entry }) => entry));
    const fresh = new Map<string, NewEntry>();
    for (const { entry } of group) if (!known.has(entry.eventId)) fresh.set(entry.eventId, entry);
    const log = this.opened();
    await this.takeNewKeys(log);
    const appended = fresh.size === 0 ? undefined : await log.append([...fresh.values()].map(({ leaf }) => leaf));
    [...fresh.keys()].forEach((eventId, at) => {
      const place = { index: (appended?.firstIndex ?? 0) + at, leafHash: appended?.leafHashes[at] ?? new Uint8Array() };
      known.set(eventId, place);
      this.recent.remember(eventId, place, Date.now());
    });
    const checkpoint = appended?.checkpoint ?? log.head;
    for (const { entry, resolve, reject } of group) {
      const place = known.get(entry.eventId);
      if (place === undefined) reject(new RangeError('An entry was appended without a place.'));
      else resolve({ ...place, checkpoint });
    }
    if (appended !== undefined) this.listeners.forEach((listener) => listener());
  }

  /** The key file is read again when it changes: from the next entry on, the keys that it names then sign. */
  private async takeNewKeys(log: TransparencyLog): Promise<void> {
    const [signer, ...besides] = this.signers();
    const next = [signer, ...besides].map(({ key }) => key);
    if (next.map(({ keyId }) => keyId).join() === this.keys.map(({ keyId }) => keyId).join()) return;
    await log.signWith(signer, ...besides);
    this.signedWith(next);
  }

  private signedWith(keys: readonly VerifierKey[]): void {
    this.keys = keys;
    for (const key of keys) this.known.set(key.keyId, key);
  }

  private signers(): readonly [NoteSigner, ...NoteSigner[]] {
    const signerOf = ({ publicKey, sign }: SigningKey): NoteSigner => ({
      key: verifierKey(this.config.LEDGER_ORIGIN, 'ed25519', publicKey),
      sign,
    });
    const [first, ...others] = this.keyring.signingKeys('log');
    return [signerOf(first), ...others.map(signerOf)];
  }

  private async knownPlaces(entries: readonly NewEntry[]): Promise<Map<string, KnownPlace>> {
    const known = new Map<string, KnownPlace>();
    const unsure: string[] = [];
    for (const { eventId, at } of entries) {
      const recent = this.recent.find(eventId);
      if (recent !== undefined) known.set(eventId, recent);
      else if (this.recent.mayBeForgotten(at, Date.now())) unsure.push(eventId);
    }
    if (unsure.length === 0) return known;
    for (const [eventId, place] of await this.store.placesOf(unsure)) known.set(eventId, place);
    return known;
  }

  /** The log has closed itself and can't say what became of the last entries; a fresh start finds out. */
  private giveUp(error: TransparencyLogError): void {
    this.logger.fatal({ err: error }, 'ledger closed');
    process.kill(process.pid, 'SIGTERM');
  }

  private opened(): TransparencyLog {
    if (this.log === undefined) throw new RangeError('The ledger is not open yet.');
    return this.log;
  }
}
