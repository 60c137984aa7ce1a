import type { FastifyRequest } from 'fastify';

import { ForeignForm } from './page.filter.js';

/** Takes forms from this site's own pages alone: every browser says where a form comes from. @throws ForeignForm */
export function checkOwnForm({ headers }: FastifyRequest, issuer: string): void {
  if (headers.origin !== new URL(issuer).origin) throw new ForeignForm();
}

/** One field of a posted form. */
export function fieldOf(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
}
