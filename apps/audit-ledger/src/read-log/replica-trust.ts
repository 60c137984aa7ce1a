import { ConfigError } from '@hie/service-kit';
import { type Trust, TransparencyLogError, parseVerifierKey } from '@hie/transparency-log';

import type { AuditLedgerConfig } from '../audit-ledger.config.js';

/**
 * By which key a replica believes the log.
 *
 * @throws ConfigError when `LEDGER_VERIFIER_KEY` is missing or is no key of the log named `LEDGER_ORIGIN`.
 */
export function replicaTrust({ LEDGER_ORIGIN: origin, LEDGER_VERIFIER_KEY: line }: AuditLedgerConfig): Trust {
  try {
    const key = parseVerifierKey(line ?? '');
    if (key.type !== 'ed25519' || key.name !== origin) throw new ConfigError(['LEDGER_VERIFIER_KEY: not this log’s']);
    return { origin, logKeys: [key] };
  } catch (error) {
    if (!(error instanceof TransparencyLogError)) throw error;
    throw new ConfigError([`LEDGER_VERIFIER_KEY: ${error.code}`]);
  }
}
