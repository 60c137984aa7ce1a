import type { FastifyReply } from 'fastify';

import { type Page, contentSecurityPolicy, document } from './page.js';

/** What every page is sent with. `same-origin`: with no referrer at all a browser would send forms as from nowhere. */
export function pageHeaders(formTarget: string | undefined): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(formTarget),
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'publickey-credentials-get=(self), publickey-credentials-create=(self)',
    'strict-transport-security': 'max-age=31536000',
  };
}

/** Sends a page; one with an error says so in its status too. */
export async function sendPage(
  reply: FastifyReply,
  page: Page,
  status = page.error === undefined ? 200 : 403,
): Promise<void> {
  await reply.status(status).headers(pageHeaders(page.formTarget)).send(document(page));
}
