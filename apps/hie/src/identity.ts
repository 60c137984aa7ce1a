import { CliError } from './cli-error.js';
import type { ExchangeConnection } from './connection.js';
import { readJson } from './read-json.js';
import { type Authority, send } from './send.js';

export const IDENTITY_USAGE = `hie identity reviews [--status open|proposed|decided] [--json]
hie identity review REVIEW
hie identity decide REVIEW same|different|reject [--person ID] --reason TEXT
hie identity merge PERSON --into SURVIVOR --reason TEXT      proposes; somebody else decides
hie identity unmerge PERSON --reason TEXT
hie identity unlink RECORD --reason TEXT                     takes one record off its person
hie identity person PERSON [--next NEXT]                     events and disclosures; NEXT as the page before says it
hie identity calibration
hie identity models
hie identity add-model FILE.json                             as hie-match train writes it; not in use yet
hie identity promote VERSION [--confirm-implausible]         brings a model into use`;

const STEWARDSHIP: Authority = {
  ...{ purpose: 'RECORDMGT', scope: 'exchange/identity.manage exchange/identity.review' },
  isForPeople: true,
};

export interface IdentityOptions {
  readonly reason?: string | undefined;
  readonly person?: string | undefined;
  readonly into?: string | undefined;
  readonly status?: string | undefined;
  readonly json?: boolean | undefined;
  readonly next?: string | undefined;
  readonly 'confirm-implausible'?: boolean | undefined;
}

interface ReviewLine {
  readonly reviewId: string;
  readonly subject: string;
  readonly reason: string;
  readonly status: string;
  readonly probability: number | null;
  readonly candidates: readonly unknown[];
}

/** `hie identity …`: what a data steward decides, through the exchange's own door. Everything is told as JSON but the list. */
export async function identity(
  connection: ExchangeConnection,
  [verb, subject, verdict]: readonly string[],
  options: IdentityOptions,
): Promise<string> {
  const read = (path: string) => send<unknown>(connection, STEWARDSHIP, 'GET', `/identity/${path}`);
  const write = (path: string, body: object) =>
    send<unknown>(connection, STEWARDSHIP, 'POST', `/identity/${path}`, body);
  if (verb === 'reviews') return listed(await read(`reviews?limit=200${statusIn(options)}`), options.json === true);
  if (verb === 'calibration' || verb === 'models') return told(await read(verb));
  if (subject === undefined) throw new CliError('usage', IDENTITY_USAGE);
  const id = encodeURIComponent(subject);
  if (verb === 'review') return told(await read(`reviews/${id}`));
  if (verb === 'person') return told(await read(`persons/${id}${pageIn(options)}`));
  if (verb === 'add-model') return told(await write('models', { model: readJson(subject) }));
  if (verb === 'promote') {
    const confirmsImplausible = options['confirm-implausible'] === true;
    return told(await write(`models/${id}/promotion`, { confirmsImplausible }));
  }
  const reason = options.reason;
  if (reason === undefined) throw new CliError('usage', 'A decision needs a reason: --reason TEXT.');
  if (verb === 'unlink') return told(await write(`records/${id}/unlinking`, { reason }));
  if (verb === 'unmerge') return told(await write('unmerges', { personId: subject, reason }));
  if (verb === 'merge' && options.into !== undefined)
    return told(await write('merges', { personId: subject, survivorId: options.into, reason }));
  if (verb !== 'decide' || verdict === undefined) throw new CliError('usage', IDENTITY_USAGE);
  const named = options.person === undefined ? {} : { personId: options.person };
  return told(await write(`reviews/${id}/decisions`, { verdict, reason, ...named }));
}

const statusIn = ({ status }: IdentityOptions): string =>
  status === undefined ? '' : `&status=${encodeURIComponent(status)}`;

/** Of what a page before said of the next, the parameters: the person is the one that was named. */
function pageIn({ next }: IdentityOptions): string {
  if (next === undefined) return '';
  if (!URL.canParse(next, 'https://exchange.invalid')) throw new CliError('usage', IDENTITY_USAGE);
  return new URL(next, 'https://exchange.invalid').search;
}

const told = (answer: unknown): string => JSON.stringify(answer, undefined, 2);

function listed(answer: unknown, asJson: boolean): string {
  const { reviews } = answer as { readonly reviews: readonly ReviewLine[] };
  return asJson ? told(reviews) : reviews.map(lineOf).join('\n');
}

const lineOf = ({ reviewId, status, subject, reason, probability, candidates }: ReviewLine): string =>
  [
    reviewId,
    status.padEnd(9),
    subject.padEnd(8),
    reason.padEnd(20),
    (probability === null ? '-' : probability.toFixed(3)).padEnd(6),
    `${candidates.length} candidate${candidates.length === 1 ? '' : 's'}`,
  ].join(' ');
