import { CliError } from './cli-error.js';
import type { ExchangeConnection } from './connection.js';
import { type Authority, send } from './send.js';

interface ShardPlan {
  readonly name: string;
  readonly state: 'dropped' | 'droppable' | 'kept';
  readonly entries: number;
  readonly because: readonly string[];
  readonly periodEnds?: string;
}

interface RetentionPlan {
  readonly years: number;
  readonly shards: readonly ShardPlan[];
}

interface DroppingReceipt {
  readonly shard: string;
  readonly index: number;
  readonly dropped: readonly string[];
}

export interface LedgerOptions {
  readonly json?: boolean | undefined;
  readonly matter?: string | undefined;
  readonly 'dry-run'?: boolean | undefined;
}

const RETENTION: Authority = { purpose: 'HCOMPL', scope: 'exchange/ledger.erase' };
const DROPPING: Authority = { ...RETENTION, isForPeople: true };

export const LEDGER_USAGE = `hie ledger retention [--json]            which half-years of the ledger may be dropped, and why the others stay
hie ledger drop SHARD … --matter NUMBER  drops them for ever, under the file number of the order
                        [--dry-run]      says what would go, and drops nothing`;

/** `hie ledger …`: half-years whose retention is over. */
export async function ledger(
  connection: ExchangeConnection,
  [verb, ...shards]: readonly string[],
  { json = false, matter, 'dry-run': isDry = false }: LedgerOptions,
): Promise<string> {
  if (verb === 'retention' && shards.length === 0) return shown(await planOf(connection), json);
  if (verb !== 'drop' || shards.length === 0) throw new CliError('usage', LEDGER_USAGE);
  if (isDry) {
    const plan = await planOf(connection);
    const named = shards.map((name) => plan.shards.find((each) => each.name === name) ?? unknown(name));
    return shown({ ...plan, shards: named }, json);
  }
  if (matter === undefined)
    throw new CliError('usage', 'Dropping needs the file number of the order: --matter NUMBER.');
  const body = { shards, matter };
  const receipt = await send<DroppingReceipt>(connection, DROPPING, 'POST', '/ledger/retention/drops', body);
  if (json) return JSON.stringify(receipt, undefined, 2);
  return `${receipt.dropped.join(', ')}: dropped, as entry ${receipt.shard}/${receipt.index} says. Its entries go once the witnesses have vouched for that.`;
}

const planOf = (connection: ExchangeConnection): Promise<RetentionPlan> =>
  send<RetentionPlan>(connection, RETENTION, 'GET', '/ledger/retention');

const unknown = (name: string): ShardPlan => ({ name, state: 'kept', entries: 0, because: ['no-such-shard'] });

function shown(plan: RetentionPlan, json: boolean): string {
  if (json) return JSON.stringify(plan, undefined, 2);
  const lines = plan.shards.map(({ name, state, entries, because, periodEnds }) =>
    [
      ...[name.padEnd(10), state.padEnd(10), `${entries.toLocaleString('en')} entries`.padEnd(24)],
      because.length > 0 ? because.join(', ') : state === 'droppable' ? `since ${periodEnds ?? ''}` : '',
      because.includes('within-retention') ? `until ${periodEnds ?? ''}` : '',
    ]
      .join(' ')
      .trimEnd(),
  );
  return [`kept for ${plan.years} years after the last entry`, ...lines].join('\n');
}
