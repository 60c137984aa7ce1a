import { CliError } from './cli-error.js';
import type { ExchangeConnection } from './connection.js';
import { type Authority, send } from './send.js';

export const IDENTITY_USAGE = `hie identity reviews [--status open|proposed|decided] [--json]
hie identity review REVIEW
hie identity decide REVIEW same|different|reject [--person ID] --reason TEXT
hie identity merge PERSON --into SURVIVOR --reason TEXT      proposes; somebody else decides
hie identity unmerge PERSON --reason TEXT
hie identity person PERSON
hie identity calibration`;

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
  if (verb === 'calibration') return told(await read('calibration'));
  if (subject === undefined) throw new CliError('usage', IDENTITY_USAGE);
  const id = encodeURIComponent(subject);
  if (verb === 'review') return told(await read(`reviews/${id}`));
  if (verb === 'person') return told(await read(`persons/${id}`));
  const reason = options.reason;
  if (reason === undefined) throw new CliError('usage', 'A decision needs a reason: --reason TEXT.');
  if (verb === 'unmerge') return told(await write('unmerges', { personId: subject, reason }));
  if (verb === 'merge' && options.into !== undefined)
    return told(await write('merges', { personId: subject, survivorId: options.into, reason }));
  if (verb !== 'decide' || verdict === undefined) throw new CliError('usage', IDENTITY_USAGE);
  const named = options.person === undefined ? {} : { personId: options.person };
  return told(await write(`reviews/${id}/decisions`, { verdict, reason, ...named }));
}

const statusIn = ({ status }: IdentityOptions): string =>
  status === undefined ? '' : `&status=${encodeURIComponent(status)}`;

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
