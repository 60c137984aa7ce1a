import { batch } from './batch.js';
import { type MemberFhir } from './member-fhir.js';
import { type FhirResponse, outcome } from './operation-outcome.js';
import { type Grants, allows } from './scopes.js';

/** A request to the FHIR base, its path and query apart from it: `Patient/1`, `Patient?family=x`. */
export interface FhirRequest {
  readonly method: string;
  /** Below the base, without a slash at the front. */
  readonly path: string;
  readonly parameters: URLSearchParams;
  /** Text of the body; empty where there is none. */
  readonly body: string;
  /** `Prefer: handling=strict`. */
  readonly strict: boolean;
}

/** What kind of request it was, for the counters. */
export type FhirKind = 'read' | 'search' | 'batch' | 'other';

const DENIED = outcome(403, 'forbidden', 'The token does not allow this.');
const UNKNOWN = outcome(404, 'not-supported', 'There is no such interaction here.');
const TYPE_AND_ID = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/;
const TYPE = /^[A-Z][A-Za-z]+$/;

/** Which interaction a request is. */
export function kindOf({ method, path }: Pick<FhirRequest, 'method' | 'path'>): FhirKind {
  if (method === 'POST' && path === '') return 'batch';
  if (TYPE_AND_ID.test(path) && !path.endsWith('/_search')) return 'read';
  return TYPE.test(path) || path.endsWith('/_search') ? 'search' : 'other';
}

/** Answers one request of an authenticated caller: read, search by GET and by POST, batch. */
export function route(fhir: MemberFhir, grants: Grants, request: FhirRequest): FhirResponse {
  const { method, path, parameters, body, strict } = request;
  if (method === 'POST' && path === '') {
    const parsed = parsedJson(body);
    if (parsed === undefined) return outcome(400, 'invalid', 'The body is not JSON.');
    return batch(parsed, (url) => route(fhir, grants, { method: 'GET', ...splitUrl(url), body: '', strict }));
  }
  if (method === 'POST' && path.endsWith('/_search')) {
    const all = new URLSearchParams([...parameters, ...new URLSearchParams(body)]);
    return search(fhir, grants, path.slice(0, -'/_search'.length), all, strict);
  }
  if (method !== 'GET') return outcome(405, 'not-supported', 'This member is read only.', { allow: 'GET, POST' });
  const [, type, id] = TYPE_AND_ID.exec(path) ?? [];
  if (type !== undefined && id !== undefined) return allows(grants, type, 'read') ? fhir.read(type, id) : DENIED;
  return search(fhir, grants, path, parameters, strict);
}

function search(
  fhir: MemberFhir,
  grants: Grants,
  type: string,
  parameters: URLSearchParams,
  strict: boolean,
): FhirResponse {
  if (!TYPE.test(type)) return UNKNOWN;
  return allows(grants, type, 'search') ? fhir.search(type, parameters, strict) : DENIED;
}

/** A URL below the FHIR base, apart. */
export function splitUrl(url: string): { readonly path: string; readonly parameters: URLSearchParams } {
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, parameters: new URLSearchParams() }
    : { path: url.slice(0, mark), parameters: new URLSearchParams(url.slice(mark + 1)) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
