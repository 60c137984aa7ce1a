import { Agent, request } from 'undici';

import type { OAuthClient } from '@hie/exchange-client';

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

export interface EventsOptions {
  readonly purpose: string;
  readonly scope: string;
  /** PEM of the exchange's authority. */
  readonly ca: string;
  /** Stops listening once it holds; the end of the stream does too. */
  readonly until: (seen: readonly ServerSentEvent[]) => boolean;
  /** ms; 15,000 unless said. */
  readonly within?: number;
}

/** Listens to a stream of Server-Sent Events. @throws when the stream is refused, or does not end within the time. */
export async function eventsOf(
  client: OAuthClient,
  url: string,
  { purpose, scope, ca, until, within = 15_000 }: EventsOptions,
): Promise<readonly ServerSentEvent[]> {
  const dispatcher = new Agent({ connect: { ca } });
  const seen: ServerSentEvent[] = [];
  try {
    const headers = await client.authorization('GET', url, { purpose, scope });
    const { statusCode, body } = await request(url, { dispatcher, headers, signal: AbortSignal.timeout(within) });
    if (statusCode !== 200) throw new Error('The stream was refused.', { cause: statusCode });
    let rest = '';
    for await (const chunk of body) {
      const blocks = (rest + String(chunk)).split('\n\n');
      rest = blocks.pop() ?? '';
      seen.push(...blocks.flatMap(readBlock));
      if (until(seen)) break;
    }
    return seen;
  } finally {
    await dispatcher.destroy();
  }
}

/** One block of the stream; a comment is none. */
function readBlock(block: string): ServerSentEvent[] {
  const event = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  return event === undefined || data === undefined ? [] : [{ event, data }];
}
