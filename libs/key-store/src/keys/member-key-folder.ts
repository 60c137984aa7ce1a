import { type KeyObject, createSecretKey, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { refuseReadableByOthers } from './refuse-readable-by-others.js';
import { type KeyFileSeal, readSealed, writeSealed } from './sealed-key-file.js';

const KEY_BYTES = 32;
const LOOK_EVERY_MS = 2_000;
const MEMBER_ID = /^[a-z0-9][a-z0-9-]{1,62}$/;
const DESTROYED = '.destroyed';

/** A member's wrapping key can't be had. */
export class MemberKeyError extends Error {
  override readonly name = 'MemberKeyError';
  readonly retry = 'never';
  constructor(readonly code: 'member-key-destroyed' | 'member-key-missing' | 'member-id-invalid') {
    super(code);
  }
}

/**
 * The wrapping key of each member: a file of 32 random bytes in a folder of its own, which lies in no database, no log and none of their backups.
 *
 * Whatever holds a member's data lies under its wrapping key beside the service's own, so that with this one file gone nobody opens any copy of
 * it: rows, outboxes, topics, objects, snapshots, backups (docs/adr/0030-a-member-can-be-forgotten.md). What is destroyed stays destroyed: a
 * mark takes the file's place, and no other key is made in that member's name.
 */
export class MemberKeyFolder {
  private readonly keys = new Map<string, KeyObject>();
  /** Those that this process knows to be destroyed. */
  private readonly destroyed: Set<string>;
  private readonly listeners: ((memberId: string) => void)[] = [];
  private readonly timer: NodeJS.Timeout;

  /** @param seal encrypts the files; without it, they are in the clear and their owner's alone. */
  constructor(
    private readonly folder: string,
    private readonly seal?: KeyFileSeal,
  ) {
    this.destroyed = new Set(this.named(DESTROYED));
    for (const memberId of this.members()) this.find(memberId);
    // Names are read, not the folder's time: what was destroyed before a watch had seen that time first would never be noticed.
    this.timer = setInterval(() => this.lookAgain(), LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** 256 bits; `undefined` when the member has none, or it was destroyed. */
  readonly find = (memberId: string): KeyObject | undefined => {
    const known = this.keys.get(memberId);
    if (known !== undefined || this.destroyed.has(memberId) || !MEMBER_ID.test(memberId)) return known;
    const read = this.read(memberId);
    if (read !== undefined) this.keys.set(memberId, read);
    return read;
  };

  isDestroyed(memberId: string): boolean {
    return this.destroyed.has(memberId) || this.named(DESTROYED).includes(memberId);
  }

  /** Members that have a key, in order. */
  members(): readonly string[] {
    return this.named('.key');
  }

  /** Makes a member's key, unless it has one; of two processes at once, the first. @throws MemberKeyError */
  make(memberId: string): void {
    if (!MEMBER_ID.test(memberId)) throw new MemberKeyError('member-id-invalid');
    if (this.isDestroyed(memberId)) throw new MemberKeyError('member-key-destroyed');
    if (this.find(memberId) !== undefined) return;
    const text = randomBytes(KEY_BYTES).toString('base64url');
    const draft = join(this.folder, `.${memberId}.${process.pid}`);
    writeFileSync(draft, this.seal === undefined ? text : writeSealed(text, sealedAs(memberId), this.seal), {
      mode: 0o600,
      flush: true,
    });
    try {
      linkSync(draft, this.pathOf(memberId));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
    this.sync();
  }

  /** Overwrites and removes a member's key, for good. @throws MemberKeyError where there is none to destroy */
  destroy(memberId: string): void {
    if (!this.members().includes(memberId)) {
      throw new MemberKeyError(this.isDestroyed(memberId) ? 'member-key-destroyed' : 'member-key-missing');
    }
    // The mark first: a crash between the two leaves a key that nobody uses any more, and that the next call removes.
    writeFileSync(join(this.folder, `${memberId}${DESTROYED}`), new Date().toISOString(), { mode: 0o600, flush: true });
    this.sync();
    this.erase(memberId);
    this.lookAgain();
  }

  /** Calls back for each member whose key is destroyed from now on. */
  onDestroyed(listener: (memberId: string) => void): void {
    this.listeners.push(listener);
  }

  /** Looks now and not in two seconds: lets go of keys that were destroyed. */
  lookAgain(): void {
    const gone = this.named(DESTROYED).filter((memberId) => !this.destroyed.has(memberId));
    for (const memberId of gone) {
      this.destroyed.add(memberId);
      this.keys.delete(memberId);
      this.listeners.forEach((listener) => listener(memberId));
    }
  }

  private read(memberId: string): KeyObject | undefined {
    const path = this.pathOf(memberId);
    if (this.isDestroyed(memberId)) return undefined;
    try {
      refuseReadableByOthers(path);
      const text = readFileSync(path, 'utf8');
      const plain = this.seal === undefined ? text : readSealed(text, sealedAs(memberId), this.seal);
      const bytes = Buffer.from(plain, 'base64url');
      if (bytes.length !== KEY_BYTES) throw new RangeError('A member’s wrapping key has 32 bytes.');
      return createSecretKey(bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** What a disk keeps of the old bytes is the disk's; on one that may, the files are sealed. */
  private erase(memberId: string): void {
    const path = this.pathOf(memberId);
    const file = openSync(path, 'r+');
    try {
      writeSync(file, Buffer.alloc(readFileSync(path).length));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    rmSync(path);
    this.sync();
  }

  /** Members of whom there is a file with this ending, in order. */
  private named(ending: string): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .filter((memberId) => MEMBER_ID.test(memberId))
      .sort();
  }

  private pathOf(memberId: string): string {
    return join(this.folder, `${memberId}.key`);
  }

  private sync(): void {
    const folder = openSync(this.folder, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}

const sealedAs = (memberId: string): string => `member ${memberId}`;
