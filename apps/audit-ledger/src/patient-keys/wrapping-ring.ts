// HKDF-SHA-256, RFC 5869.
import { type KeyObject, hkdfSync } from 'node:crypto';

import { unwrappedBy } from '@hie/persistence';
import type { FileKeyring } from '@hie/service-kit';

/** A patient's key, and whether the key that wraps anew is the one it lies under. */
export interface Unwrapped {
  readonly key: KeyObject;
  readonly isUnderFirst: boolean;
}

/**
 * What wraps patients' keys: 32 bytes derived from each wrapping key of the key file, which is the master key until it has its own. The first wraps
 * anew, the others open what is still under them.
 *
 * One that has left the file is held in memory until `letGo`: it opens what was not wrapped anew yet.
 */
export class WrappingRing {
  /** As the key file names them, beside what is derived of them. */
  private named: readonly Buffer[] = [];
  private derived: readonly Buffer[] = [];

  constructor(private readonly keyring: Pick<FileKeyring, 'wrappingKeys' | 'readAgain'>) {
    this.keys();
  }

  /** The first wraps. */
  keys(): readonly [Buffer, ...Buffer[]] {
    const named = this.keyring.wrappingKeys();
    // A file that was read again gives new buffers; until then the same.
    if (named.length !== this.named.length || named.some((key, at) => key !== this.named[at])) {
      const now = named.map(derive);
      this.derived = [...now, ...this.derived.filter((held) => !now.some((key) => key.equals(held)))];
      this.named = named;
    }
    return this.derived as [Buffer, ...Buffer[]];
  }

  /** Whether anything may lie under another key than the first. */
  isChanging(): boolean {
    return this.keys().length > 1;
  }

  /** Forgets what has left the key file, once nothing lies under it. */
  letGo(): void {
    this.derived = this.keys().slice(0, this.named.length);
  }

  /**
   * Opens a wrapped key. One that none of them opens is tried once more with the key file as it is now: another process may have read it first.
   *
   * @returns `undefined` when it was wrapped under none of them, or changed.
   */
  unwrap(wrapped: Buffer): Unwrapped | undefined {
    const found = this.tried(wrapped);
    if (found !== undefined) return found;
    this.keyring.readAgain();
    return this.tried(wrapped);
  }

  private tried(wrapped: Buffer): Unwrapped | undefined {
    for (const [at, under] of this.keys().entries()) {
      const key = unwrappedBy(wrapped, under);
      if (key !== undefined) return { key, isUnderFirst: at === 0 };
    }
    return undefined;
  }
}

const derive = (key: Buffer): Buffer => Buffer.from(hkdfSync('sha256', key, '', 'hie ledger patient keys', 32));
