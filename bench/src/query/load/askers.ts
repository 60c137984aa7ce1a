import { readFileSync } from 'node:fs';

import { OAuthClient } from '@hie/exchange-client';
import { EMERGENCY, hookBody } from '@hie/local-exchange';
import { Agent, request } from 'undici';

import type { Arrival } from './arrivals.js';
import type { Asked } from './closed-loop.js';
import type { LoadOrder, LoadSetting } from './load-order.js';

const MAX_CONNECTIONS = 256;
const INSPECT_EVERY = 8;
interface CoverageRow {
  readonly memberId: string;
  readonly status: string;
  readonly reason: string;
}

const THERE = new Set(['answered', 'filtered', 'no-record', 'denied']);
/** Whether the custodian's part is there, is known not to be, or is the asking hospital's own. */
const isThere = ({ status, reason }: CoverageRow): boolean => THERE.has(status) || reason === 'own-record';

/** Makes what asks one question of an order's chain. */
export function askers({
  caPath,
  tokenUrl,
  clients,
  arrivalsPath,
}: LoadSetting): (order: LoadOrder) => () => Promise<Asked> {
  const ca = readFileSync(caPath, 'utf8');
  const agent = new Agent({ connect: { ca }, connections: MAX_CONNECTIONS });
  const emrs = clients.map(
    ({ id, privateJwk, organizationId }) => new OAuthClient({ clientId: id, privateJwk, organizationId, tokenUrl, ca }),
  );
  return (order) => {
    if (order.chain !== 'query') return floorAsker(order.url, agent);
    // Read anew for each order: who arrives may change between them.
    return queryAsker(order, emrs, JSON.parse(readFileSync(arrivalsPath, 'utf8')) as Arrival[]);
  };
}

function floorAsker(url: string, dispatcher: Agent): () => Promise<Asked> {
  return guarded(async () => {
    const { statusCode, body } = await request(url, { method: 'POST', dispatcher });
    await body.arrayBuffer();
    return statusCode === 200 ? {} : { failure: String(statusCode) };
  });
}

function queryAsker({ url, missing = [] }: LoadOrder, emrs: readonly OAuthClient[], arrivals: readonly Arrival[]) {
  let next = 0;
  return guarded(async () => {
    const number = next++;
    const arrival = arrivals[number % arrivals.length];
    const emr = arrival && emrs[arrival.at];
    if (arrival === undefined || emr === undefined) throw new RangeError('Nobody arrives.');
    const answer = await emr.call('POST', url, { ...EMERGENCY, body: hookBody(arrival.patient as never) });
    if (answer.status !== 200) return { failure: String(answer.status) };
    // Parsing is the load's own work, and would be measured with the rest.
    if (missing.length === 0 && number % INSPECT_EVERY !== 0) return {};
    const told = answer.json<{ extension: Record<string, { outcome: string; coverage: CoverageRow[] }> }>();
    const shown = told.extension['org.hie-broker.answer'];
    const rows = shown?.coverage ?? [];
    const isMissing = (memberId: string): boolean => rows.some((row) => row.memberId === memberId && !isThere(row));
    return {
      inspection: {
        whole: shown?.outcome === 'answered' && rows.every(isThere),
        namesMissing: missing.length > 0 && missing.every(isMissing),
      },
    };
  });
}

/** A question that can't be asked is a failure to be counted. */
function guarded(ask: () => Promise<Asked>): () => Promise<Asked> {
  return async () => {
    try {
      return await ask();
    } catch (error) {
      const { code, name } = error as { code?: string; name?: string };
      return { failure: code ?? name ?? 'unknown' };
    }
  };
}
