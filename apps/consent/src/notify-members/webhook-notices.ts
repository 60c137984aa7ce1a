import { readFileSync } from 'node:fs';

import { type Reachability, reachability } from '@hie/service-kit';
import { Agent, request } from 'undici';
import { z } from 'zod';

import { NoticePort, type SentNotice } from './notice-port.js';

const TIMEOUT_MS = 5_000;

const webhooksSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/),
  z
    .object({
      url: z
        .url()
        .refine((url) => url.startsWith('https:'), 'a webhook is called over https')
        .refine((url) => new URL(url).username === '' && new URL(url).password === '', 'no credentials in a URL'),
      /** Path of the authority (PEM) that its certificate descends from, where that is no public one. */
      ca: z.string().optional(),
    })
    .strict(),
);

/** By member; what the file `NOTICE_WEBHOOKS` holds. */
export type Webhooks = z.infer<typeof webhooksSchema>;

/** @throws ZodError for a file that is not one. */
export const readWebhooks = (path: string | undefined): Webhooks =>
  path === undefined ? {} : webhooksSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

/**
 * Sends notices to the members' webhooks.
 *
 * As with members' systems, a name is looked up for each connection, which is made to an address that was looked at, no redirect is
 * followed (docs/adr/0181), and nothing of the answer but its status is read.
 */
export class WebhookNotices extends NoticePort {
  readonly members: readonly string[];
  private readonly networks: Reachability;
  private readonly agents = new Map<string, Agent>();

  constructor(
    private readonly webhooks: Webhooks,
    networks: readonly string[],
  ) {
    super();
    this.members = Object.keys(webhooks);
    this.networks = reachability(networks);
  }

  async deliver(memberId: string, notice: SentNotice): Promise<void> {
    const webhook = new Map(Object.entries(this.webhooks)).get(memberId);
    if (webhook === undefined) throw new RangeError('A member without a webhook was to be told.');
    if (!this.networks.isHostAllowed(new URL(webhook.url).hostname)) throw new Error('webhook-not-allowed');
    const { statusCode, body } = await request(webhook.url, {
      method: 'POST',
      dispatcher: this.agentOf(memberId, webhook.ca),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notice),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await body.dump({ limit: 64 * 1024 });
    if (statusCode < 200 || statusCode > 299) throw new Error('webhook-refused', { cause: statusCode });
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
  }

  private agentOf(memberId: string, ca: string | undefined): Agent {
    const known = this.agents.get(memberId);
    if (known !== undefined) return known;
    const authority = ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') };
    const agent = new Agent({
      connections: 2,
      connect: { minVersion: 'TLSv1.2', lookup: this.networks.lookup, ...authority },
    });
    this.agents.set(memberId, agent);
    return agent;
  }
}
