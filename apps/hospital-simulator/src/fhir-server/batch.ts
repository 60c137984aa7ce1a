import { type FhirResponse, outcome } from './operation-outcome.js';

/** Entries a batch may have. */
export const MAX_BATCH_ENTRIES = 200;

const HEAD = '{"resourceType":"Bundle","type":"batch-response","entry":[';

interface BatchEntry {
  readonly request?: { readonly method?: unknown; readonly url?: unknown };
}

/**
 * A batch Bundle of GET interactions (FHIR R4, RESTful API, 3.1.0.11): one response entry for each request, in order, each with its own
 * status: a refused search does not take the others with it.
 *
 * @param answer answers one URL relative to the FHIR base.
 */
export function batch(body: unknown, answer: (url: string) => FhirResponse): FhirResponse {
  const entries = entriesOf(body);
  if (entries === undefined) return outcome(400, 'invalid', 'A POST here must be a Bundle of type batch.');
  if (entries.length > MAX_BATCH_ENTRIES) return outcome(413, 'too-long', 'The batch has too many entries.');
  const parts: Buffer[] = [Buffer.from(HEAD)];
  entries.forEach(({ request }, i) => {
    const response =
      request?.method === 'GET' && typeof request.url === 'string'
        ? answer(request.url.replace(/^\//, ''))
        : outcome(405, 'not-supported', 'Only GET is answered in a batch here.');
    const kind = response.status === 200 ? '"resource":' : '';
    const status = `"response":{"status":"${response.status}"`;
    if (kind === '')
      parts.push(Buffer.from(`${i > 0 ? ',' : ''}{${status},"outcome":`), response.body, Buffer.from('}}'));
    else parts.push(Buffer.from(`${i > 0 ? ',' : ''}{${kind}`), response.body, Buffer.from(`,${status}}}`));
  });
  parts.push(Buffer.from(']}'));
  return { status: 200, body: Buffer.concat(parts) };
}

function entriesOf(body: unknown): readonly BatchEntry[] | undefined {
  if (typeof body !== 'object' || body === null || !('type' in body) || !('resourceType' in body)) return undefined;
  if (body.resourceType !== 'Bundle' || body.type !== 'batch') return undefined;
  const entries: unknown = 'entry' in body ? body.entry : [];
  return Array.isArray(entries)
    ? entries.map((entry) => (typeof entry === 'object' && entry !== null ? (entry as BatchEntry) : {}))
    : undefined;
}
