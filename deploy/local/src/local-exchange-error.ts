/** What can go wrong while a local exchange starts or runs, as stable codes. */
export type LocalExchangeCode =
  | 'bench-failed'
  | 'bundles-unfit'
  | 'certificate-unreadable'
  | 'database-refused'
  | 'disk-full'
  | 'exchange-missing'
  | 'feed-failed'
  | 'given-server-silent'
  | 'given-server-untrusted'
  | 'given-server-used'
  | 'kafka-not-installed'
  | 'member-not-registered'
  | 'not-answered'
  | 'port-taken'
  | 'postgres-has-no-user'
  | 'postgres-not-installed'
  | 'process-ended'
  | 'process-gave-up'
  | 'process-not-ready'
  | 'process-not-startable'
  | 'story-untold'
  | 'usage';

const SENTENCES: Readonly<Record<LocalExchangeCode, string>> = {
  'bench-failed': 'A benchmark ended with an error',
  'bundles-unfit':
    'The bundles do not tell the story: a folder is needed with FHIR transaction bundles (*.json), one person each, and one of them with both allergies and medications that are taken now',
  'certificate-unreadable': 'The local certificate authority can not be read; remove its folder to have a new one made',
  'database-refused': 'PostgreSQL refused a statement of the set-up',
  'disk-full': 'No disk space is left; free some, then type the same command again',
  'exchange-missing': 'The composition of the services is not part of this build',
  'feed-failed': 'A hospital could not send its patients to the exchange; the logs of both say why',
  'given-server-silent':
    'A server named by the environment does not answer; start it, or unset the variable to have one started',
  'given-server-untrusted':
    'A server named by the environment was given without what its TLS connections need; set TLS_CA, TLS_CERT and TLS_KEY for KAFKA_BROKERS, sslrootcert in DATABASE_URL',
  'given-server-used':
    'A server named by the environment carries an exchange already; end that one, or delete its topics if it was killed, or name another server',
  'kafka-not-installed': 'Kafka is not installed yet; type `node deploy/local/setup.mjs prepare`',
  'member-not-registered': 'The exchange did not take a member; the log of participants says why',
  'not-answered': 'The exchange refused the query; the log of gateway says why',
  'port-taken': 'A port is taken by another program; end it, or ask for another port',
  'postgres-has-no-user':
    'PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody`; create one, or start as an ordinary user',
  'postgres-not-installed': 'No PostgreSQL for this platform is among the packages; give one by DATABASE_URL',
  'process-ended': 'A process that may not be restarted has ended; its log says why',
  'process-gave-up': 'A process ended again and again and is not restarted any more; its log says why',
  'process-not-ready': 'A process did not become ready in time; its log says why',
  'process-not-startable': 'A process could not be started',
  'story-untold': 'The answer came, but not with all that the story is about; the logs of the services say why',
  usage: 'The command was not understood',
};

/** Whether the same thing may succeed later without a person's hand. */
export type RetryClass = 'later' | 'never';

const RETRY: Partial<Record<LocalExchangeCode, RetryClass>> = {
  'port-taken': 'later',
  'process-not-ready': 'later',
  'given-server-silent': 'later',
};

/**
 * The failure of everything in this library.
 *
 * The message is a fixed sentence a code that says what to do; what it was about (the process, its log, the port)
 * stands beside it in `detail`, and what led to it in `cause`.
 */
export class LocalExchangeError extends Error {
  override readonly name = 'LocalExchangeError';
  readonly retry: RetryClass;

  constructor(
    readonly code: LocalExchangeCode,
    readonly detail: Readonly<Record<string, string | number | undefined>> = {},
    options?: ErrorOptions,
  ) {
    super(SENTENCES[code], options);
    this.retry = RETRY[code] ?? 'never';
  }
}

/** One line for a person: the sentence, then the detail as `name value` pairs. */
export function describeFailure(error: LocalExchangeError): string {
  const detail = Object.entries(error.detail)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`);
  return detail.length === 0 ? `${error.message}.` : `${error.message} (${detail.join(', ')}).`;
}
