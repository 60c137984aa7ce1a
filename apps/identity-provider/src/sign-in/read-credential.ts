import { z } from 'zod';

import { PasskeyRefused } from './passkey-refused.js';

const MAX_CHARACTERS = 32 * 1024;

const credentialSchema = z.looseObject({
  id: z.string().min(1).max(2048),
  rawId: z.string().min(1).max(2048),
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: z.string().min(1) }),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Reads what the passkey step put into the form.
 *
 * @throws PasskeyRefused `passkey-missing` when the step did not run (no JavaScript), `passkey-malformed`.
 */
export function readCredential(posted: unknown): z.infer<typeof credentialSchema> {
  if (typeof posted !== 'string' || posted === '') throw new PasskeyRefused('passkey-missing');
  if (posted.length > MAX_CHARACTERS) throw new PasskeyRefused('passkey-malformed');
  const parsed = credentialSchema.safeParse(jsonOf(posted));
  if (!parsed.success) throw new PasskeyRefused('passkey-malformed');
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PasskeyRefused('passkey-malformed', undefined, { cause });
  }
}
