export type MessagingErrorCode =
  | 'agreement-key-missing'
  | 'not-a-reader'
  | 'data-key-unreadable'
  | 'body-unreadable'
  | 'body-invalid'
  | 'claim-missing'
  | 'closing'
  | 'handler-missing'
  | 'member-key-missing'
  | 'not-read-in-time'
  | 'object-store-failed'
  | 'replayed'
  | 'superseded'
  | 'topic-drift';

/** Whether trying again can help: `never` goes to the dead letters at once, `later` is retried with a limit. */
export type RetryClass = 'never' | 'later';

export interface MessagingErrorOptions extends ErrorOptions {
  readonly retry?: RetryClass;
  /** A name of the exchange's own (a topic, a service); never content. */
  readonly detail?: string;
}

/** A failure of this library. The message is the code; what the message carried is never part of it. */
export class MessagingError extends Error {
  override readonly name = 'MessagingError';
  readonly retry: RetryClass;
  readonly detail: string | undefined;

  constructor(
    readonly code: MessagingErrorCode,
    options: MessagingErrorOptions = {},
  ) {
    super(code, options);
    this.retry = options.retry ?? 'never';
    this.detail = options.detail;
  }
}
