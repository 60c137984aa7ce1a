import { CliError } from './cli-error.js';
import type { ExchangeConnection } from './connection.js';
import { type Authority, send } from './send.js';

interface Letter {
  readonly topic: string;
  readonly offset: string;
  readonly refusal: string;
  readonly putAsideAt: string;
  readonly isHandled: boolean;
}

interface Letters {
  readonly letters: readonly Letter[];
  readonly others: number;
}

type Replay = { readonly outcome: 'handled' } | { readonly outcome: 'refused'; readonly code: string };

const DECIDES: Authority = { purpose: 'HSYSADMIN', scope: 'exchange/messages.replay', isForPeople: true };

export const DEAD_LETTERS_USAGE = `hie dead-letters list SERVICE [--json]   what a service has put aside, and why
hie dead-letters replay SERVICE TOPIC OFFSET
                                         has it handled again, with all that is checked of it`;

/** `hie dead-letters …`: messages that a service could not handle, for a person to decide about. */
export async function deadLetters(
  connection: ExchangeConnection,
  [verb, service, topic, offset]: readonly string[],
  { json = false }: { readonly json?: boolean | undefined },
): Promise<string> {
  if (service === undefined) throw new CliError('usage', DEAD_LETTERS_USAGE);
  const path = `/dead-letters/${encodeURIComponent(service)}`;
  if (verb === 'list' && topic === undefined) {
    const found = await send<Letters>(connection, DECIDES, 'GET', path);
    return json ? JSON.stringify(found, undefined, 2) : shown(found);
  }
  if (verb !== 'replay' || topic === undefined || offset === undefined) throw new CliError('usage', DEAD_LETTERS_USAGE);
  const replay = await send<Replay>(connection, DECIDES, 'POST', `${path}/replays`, { topic, offset });
  if (json) return JSON.stringify(replay, undefined, 2);
  if (replay.outcome === 'handled') return `${topic} ${offset}: handled`;
  const said = `${topic} ${offset}: refused again, ${replay.code}`;
  throw new CliError('refused', said);
}

function shown({ letters, others }: Letters): string {
  const lines = letters.map(({ topic, offset, refusal, putAsideAt, isHandled }) =>
    [putAsideAt, topic.padEnd(34), offset.padStart(6), refusal, isHandled ? '(handled since)' : ''].join(' ').trimEnd(),
  );
  const strangers = others === 0 ? [] : [`${others} beside these are not this service’s own`];
  return lines.length + strangers.length === 0 ? 'nothing is put aside' : [...lines, ...strangers].join('\n');
}
