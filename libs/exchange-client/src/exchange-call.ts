import { type Dispatcher, request } from 'undici';

export type CallMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface CallOptions {
  readonly purpose: string;
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  /** The acting person, as the member names them. */
  readonly userId?: string;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json<T>(): T;
}

/** A request at the exchange; a status is for the caller to read and never an exception. */
export async function exchangeCall(
  dispatcher: Dispatcher,
  method: CallMethod,
  url: string,
  authorization: { readonly authorization: string; readonly dpop?: string },
  options: Pick<CallOptions, 'headers' | 'body'>,
): Promise<CallAnswer> {
  const body = textOf(options.body);
  const answer = await request(url, {
    method,
    dispatcher,
    headers: {
      ...authorization,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: <T>() => JSON.parse(text) as T };
}

const textOf = (body: unknown): string | undefined =>
  body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
