import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';

import { capabilityStatement, smartConfiguration } from '../fhir-server/capability-statement.js';
import { type MemberFhir } from '../fhir-server/member-fhir.js';
import { type FhirResponse, outcome } from '../fhir-server/operation-outcome.js';
import { type FhirRequest, kindOf, route, splitUrl } from '../fhir-server/router.js';
import { type Faults, hits } from '../faults/faults.js';
import { doubled, malformed } from '../faults/spoil.js';
import { withNextPage, withStrangers } from '../faults/strangers.js';
import { type AccessTokens } from '../token/access-token.js';
import { type TokenAnswer } from '../token/token-endpoint.js';
import { bodyOf } from './body.js';
import { type Counters, countStatus, countType } from './counters.js';

/** What a member's request handler works with. */
export interface HandlerParts {
  readonly name: string;
  readonly fhirUrl: string;
  readonly tokenUrl: string;
  /** The member's answers, and those with the charts crossed. */
  readonly fhir: (isCrossed: boolean) => MemberFhir;
  readonly tokens: AccessTokens;
  readonly requestToken: (form: URLSearchParams) => Promise<TokenAnswer>;
  readonly counters: () => Counters;
  readonly faults: () => Faults;
  readonly nowS: () => number;
}

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const LOGIN = outcome(401, 'login', 'A valid access token is needed.', { 'www-authenticate': 'Bearer' });
const TOO_LONG = outcome(413, 'too-long', 'The body is too long.');
const NOT_ACCEPTABLE = outcome(406, 'not-supported', 'Only JSON is spoken here.');
const NOTHING_HERE = outcome(404, 'not-found', 'There is nothing at this address.');

/** Answers one member's HTTPS requests: metadata, tokens, FHIR; then puts the member's faults on what it would have said. */
export function requestHandler(parts: HandlerParts): RequestListener {
  const metadata = Buffer.from(
    JSON.stringify(
      capabilityStatement(parts.name, parts.fhirUrl, parts.tokenUrl, new Date(parts.nowS() * 1000).toISOString()),
    ),
  );
  const smart = Buffer.from(JSON.stringify(smartConfiguration(parts.fhirUrl, parts.tokenUrl)));

  const answer = async (
    request: IncomingMessage,
    faults: Faults,
  ): Promise<{ response: FhirResponse; area: Faults['on'][number]; types: readonly string[] }> => {
    const { path, parameters } = splitUrl(request.url ?? '/');
    const counters = parts.counters();
    if (path === '/fhir/metadata') {
      counters.metadata += 1;
      return { response: { status: 200, body: metadata }, area: 'metadata', types: [] };
    }
    if (path === '/fhir/.well-known/smart-configuration') {
      counters.metadata += 1;
      return {
        response: { status: 200, body: smart, headers: { 'content-type': JSON_TYPE } },
        area: 'metadata',
        types: [],
      };
    }
    const body = request.method === 'POST' ? await bodyOf(request) : '';
    if (body === undefined) return { response: TOO_LONG, area: 'fhir', types: [] };
    if (path === '/auth/token' && request.method === 'POST')
      return { response: await tokenAnswer(body), area: 'token', types: [] };
    if (path !== '/fhir' && !path.startsWith('/fhir/')) return { response: NOTHING_HERE, area: 'fhir', types: [] };
    const fhirRequest: FhirRequest = {
      method: request.method ?? 'GET',
      path: path.slice('/fhir/'.length),
      parameters,
      body,
      strict: request.headers['prefer']?.includes('handling=strict') ?? false,
    };
    const types = typesOf(fhirRequest);
    return { response: await fhirAnswer(request, fhirRequest, types, faults), area: 'fhir', types };
  };

  const tokenAnswer = async (body: string): Promise<FhirResponse> => {
    const { status, json } = await parts.requestToken(new URLSearchParams(body));
    const counters = parts.counters();
    counters.token += 1;
    if (status !== 200) counters.tokenRefused += 1;
    return {
      status,
      body: Buffer.from(JSON.stringify(json)),
      headers: { 'content-type': JSON_TYPE, pragma: 'no-cache' },
    };
  };

  const fhirAnswer = async (
    request: IncomingMessage,
    fhirRequest: FhirRequest,
    types: readonly string[],
    faults: Faults,
  ): Promise<FhirResponse> => {
    const counters = parts.counters();
    const kind = kindOf(fhirRequest);
    counters[kind] += 1;
    if (kind === 'batch') counters.batchEntries += types.length;
    for (const type of types) countType(counters, type);
    const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const grants = token === undefined ? undefined : await parts.tokens.check(token, parts.nowS());
    if (grants === undefined) return LOGIN;
    const accept = request.headers.accept ?? '*/*';
    const format = fhirRequest.parameters.get('_format') ?? 'json';
    if (!format.includes('json') || (accept.includes('xml') && !/json|\*\/\*/.test(accept))) return NOT_ACCEPTABLE;
    const isCrossed = faults.wrongPatient === true && hits(faults, 'fhir', types);
    return asAccepted(route(parts.fhir(isCrossed), grants, fhirRequest), fhirRequest, accept);
  };

  return (request, response) => {
    const faults = parts.faults();
    answer(request, faults)
      .then(({ response: said, area, types }) =>
        deliver(request, response, said, hits(faults, area, types) ? faults : undefined, parts.counters()),
      )
      .catch(() => {
        if (!response.headersSent) send(response, outcome(500, 'exception', 'The member failed.'), parts.counters());
        else response.destroy();
      });
  };
}

/** Types a request asks for: one for a read or search, one an entry for a batch. */
function typesOf({ path, body }: FhirRequest): readonly string[] {
  if (path !== '') return [path.split('/', 1)[0] ?? ''];
  return [...body.matchAll(/"url"\s*:\s*"\/?([A-Za-z]+)/g)].map(([, type]) => type ?? '');
}

/** A Binary read without asking for FHIR is answered with its own bytes and content type (FHIR R4, Binary, 2.34.2). */
function asAccepted(response: FhirResponse, { method, path }: FhirRequest, accept: string): FhirResponse {
  if (method !== 'GET' || response.status !== 200 || !path.startsWith('Binary/') || accept.includes('json'))
    return response;
  const { contentType, data } = JSON.parse(response.body.toString()) as { contentType: string; data: string };
  return { status: 200, body: Buffer.from(data, 'base64'), headers: { 'content-type': contentType } };
}

async function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  said: FhirResponse,
  faults: Faults | undefined,
  counters: Counters,
): Promise<void> {
  if (faults === undefined) return send(response, said, counters);
  const isSpoiled = Object.entries(faults).some(
    ([name, value]) => name !== 'on' && name !== 'resourceTypes' && value !== undefined,
  );
  if (isSpoiled) counters.faulted += 1;
  if (faults.dead === 'hang') return;
  if (faults.slowMs !== undefined) await new Promise((resolve) => setTimeout(resolve, faults.slowMs));
  if (request.socket.destroyed) return;
  if (faults.status !== undefined) {
    const headers: Record<string, string> =
      faults.retryAfterS === undefined ? {} : { 'retry-after': String(faults.retryAfterS) };
    return send(response, outcome(faults.status, 'transient', 'The member is out of order.', headers), counters);
  }
  if (faults.redirect !== undefined) {
    const { status, to } = faults.redirect;
    return send(response, { status, body: Buffer.alloc(0), headers: { location: to } }, counters);
  }
  const isBody = said.status === 200;
  const final = isBody ? spoilt(said, faults) : said;
  if (faults.resetMidBody === true) return resetMidBody(response, final);
  send(response, final, counters);
}

function spoilt(said: FhirResponse, { strangers, nextPageAt, duplicates, malformedJson }: Faults): FhirResponse {
  const mixed = strangers === undefined ? said : withStrangers(said, strangers);
  const paged = nextPageAt === undefined ? mixed : withNextPage(mixed, nextPageAt);
  const twice = duplicates === true ? doubled(paged) : paged;
  return malformedJson === true ? malformed(twice) : twice;
}

function send(response: ServerResponse, { status, body, headers }: FhirResponse, counters: Counters): void {
  countStatus(counters, status);
  counters.bytesSent += body.length;
  response.writeHead(status, {
    'content-type': FHIR_JSON,
    'cache-control': 'no-store',
    ...headers,
    'content-length': body.length,
  });
  response.end(body);
}

function resetMidBody(response: ServerResponse, { status, body }: FhirResponse): void {
  response.writeHead(status, { 'content-type': FHIR_JSON, 'content-length': body.length });
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.socket?.destroy());
}
