import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { MemberKeys } from '@hie/persistence';
import { FileKeyring, PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import type { PatientIndexConfig } from '../patient-index.config.js';
import { WriterSeat } from '../follow-writer/writer-seat.js';
import { IdentityIndex } from './identity-index.js';
import { type SnapshotKeys, openSnapshot, sealSnapshot } from './snapshot-format.js';

const FILE = 'identity-index.snapshot';
/** Written once nothing has changed for so long. */
const QUIET_MS = 3_000;
/** Written in the middle of a feed once so much of the index has changed, which is what a start then reads from the database. */
const LARGEST_SHARE = 0.25;
const SMALLEST_COUNT = 1_000;
/** While a snapshot is written nobody is entered or changed; for at most a hundredth of the time. */
const REST_FOR_EACH = 100;
const MOST_READ_AT_ONCE = 2 ** 30;

/**
 * Keeps a snapshot of the index on disk, encrypted, so that a start does not open every record again.
 *
 * It is a shortcut and never the truth: whoever loads it compares every record's version with the database. So it may be old, and
 * a file that can't be used is told in the log and left aside. Nothing is kept where no folder is configured.
 */
@Injectable()
export class IdentitySnapshots implements OnModuleInit, OnApplicationShutdown {
  private changes = 0;
  private isSettled = true;
  private notBeforeMs = Number.NEGATIVE_INFINITY;
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly index: IdentityIndex,
    private readonly keys: MemberKeys,
    private readonly keyring: FileKeyring,
    @Inject(SERVICE_CONFIG) private readonly config: Pick<PatientIndexConfig, 'INDEX_SNAPSHOT_DIR'>,
    private readonly logger: PinoLogger,
    private readonly seat: WriterSeat,
  ) {}

  /** What lies under a key that is to go is written anew under the one that seals now. */
  onModuleInit(): void {
    let [sealing] = this.keyring.masterKeys();
    this.keyring.onChange(() => {
      const [now] = this.keyring.masterKeys();
      if (now.equals(sealing)) return;
      sealing = now;
      this.changes += 1;
      this.writeOnceQuiet();
    });
  }

  /** Puts the index into the state of the snapshot, as far as there is a usable one. @returns how many records it brought. */
  async restore(): Promise<number> {
    const folder = this.config.INDEX_SNAPSHOT_DIR;
    if (folder === undefined) return 0;
    try {
      const bytes = await readWhole(join(folder, FILE));
      const snapshot = openSnapshot(bytes, this.snapshotKeys());
      this.index.restore(snapshot);
      // It was sealed before the key changed, in an earlier life.
      if (!snapshot.isUnderFirst) this.changes += 1;
      return this.index.size;
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isAbsent) this.logger.warn({ err: error }, 'index snapshot not used');
      return 0;
    }
  }

  /** The index is about to hold what is not committed yet: no snapshot until `settle`. */
  unsettle(): void {
    this.isSettled = false;
  }

  /** The index and the database agree again; `changed` records differ from before. */
  settle(changed: number): void {
    this.isSettled = true;
    this.changes += changed;
    this.writeOnceQuiet();
    const isMuch = this.changes >= Math.max(SMALLEST_COUNT, this.index.size * LARGEST_SHARE);
    if (isMuch && performance.now() >= this.notBeforeMs) void this.write();
  }

  /** Writes what has changed since the last time. Never rejects: the next start is slower, and nothing else. */
  async write(): Promise<void> {
    const folder = this.config.INDEX_SNAPSHOT_DIR;
    if (folder === undefined || this.changes === 0 || !this.isSettled || this.writing !== undefined)
      return this.writing;
    this.writing = this.seat
      .inTurn(() => this.take(folder))
      .finally(() => {
        this.writing = undefined;
        this.writeOnceQuiet();
      });
    await this.writing;
  }

  /** Changes take turns with it, searches do not. */
  private async take(folder: string): Promise<void> {
    if (!this.isSettled) return;
    const { changes } = this;
    this.changes = 0;
    const beganMs = performance.now();
    const snapshot = { ...this.index.snapshot(), members: this.keys.memberIds() };
    try {
      await replaceFile(folder, sealSnapshot(snapshot, this.snapshotKeys()));
    } catch (error) {
      this.changes += changes;
      this.logger.warn({ err: error }, 'index snapshot not written');
    }
    this.notBeforeMs = performance.now() + (performance.now() - beganMs) * REST_FOR_EACH;
  }

  private snapshotKeys(): SnapshotKeys {
    return { masters: this.keyring.masterKeys(), memberKey: this.keys.find };
  }

  private writeOnceQuiet(): void {
    clearTimeout(this.timer);
    if (this.changes === 0 || this.config.INDEX_SNAPSHOT_DIR === undefined) return;
    this.timer = setTimeout(() => void this.write(), Math.max(QUIET_MS, this.notBeforeMs - performance.now()));
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
    await this.write();
    clearTimeout(this.timer);
  }
}

/** A reader sees the file before or the file after, whole. */
async function replaceFile(folder: string, parts: Iterable<Buffer>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Instances may share a folder.
  const draft = join(folder, `${FILE}.${process.pid}.draft`);
  const file = await open(draft, 'w', 0o600);
  try {
    for (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, FILE));
}

/** `readFile` takes no more than two gigabytes. */
async function readWhole(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(MOST_READ_AT_ONCE, size - at), at);
      if (bytesRead === 0) throw new RangeError('The file became shorter while it was read.');
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
