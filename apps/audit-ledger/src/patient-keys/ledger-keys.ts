// HKDF-SHA-256, RFC 5869.
import { type KeyObject, createSecretKey, hkdfSync } from 'node:crypto';

import { FileKeyring } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { WrappingRing } from './wrapping-ring.js';

/**
 * The ledger's own symmetric keys, derived from the master key of its key file, those aside that wrap patients' keys; none is ever stored.
 *
 * The first three last as long as the log (docs/adr/0186-what-of-a-master-key-can-change.md).
 */
@Injectable()
export class LedgerKeys {
  /** Seals the heads of entries. Whoever has it reads them all; it must be kept as long as the log. */
  readonly entries: KeyObject;
  /** Turns a person's id into what the table of keys is searched by. */
  readonly persons: KeyObject;
  /** Authenticates the rows of the projection. */
  readonly rows: KeyObject;
  /** Wraps patients' keys, and changes while the ledger runs. */
  readonly wrapping: WrappingRing;

  constructor(keyring: FileKeyring) {
    const master = keyring.masterKey();
    const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', master, '', `hie ledger ${use}`, 32));
    this.entries = createSecretKey(derive('entries'));
    this.persons = createSecretKey(derive('persons'));
    this.rows = createSecretKey(derive('projection rows'));
    this.wrapping = new WrappingRing(keyring);
  }
}
