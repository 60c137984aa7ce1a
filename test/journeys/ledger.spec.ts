// The ledger, as compliance staff and strangers see it: who was turned away, and a log that anybody can recompute.
import type { OAuthClient } from '@hie/exchange-client';
import { type ShownEntry, askOnArrival } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import { leafHash, openCheckpoint, verifyLog } from '@hie/transparency-log';

import { arrivalBody, emrOf, eventually } from '../support/doors.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

interface WitnessStatus {
  readonly witnesses: readonly { readonly name: string; readonly last: string }[];
  readonly cosigned?: { readonly size: number };
}

describe('the ledger', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let emr: OAuthClient;
  let story: Story;
  beforeAll(async () => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    story = await leadStory(exchange);
    emr = emrOf(exchange, story);
  });
  afterAll(async () => {
    await log.close();
    await exchange.close();
  });

  const search = async (criteria: string): Promise<readonly ShownEntry[]> => {
    const url = `${exchange.description.gateway.url}/ledger/entries?${criteria}`;
    const answer = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
    expect(answer.status).toBe(200);
    return answer.json<{ entries: ShownEntry[] }>().entries;
  };
  it('is a log whose every byte fits its signed checkpoint, and holds the receipt of an answer', async () => {
    const { receipt } = await askOnArrival(exchange, emr, {
      patient: await arrivingPatient(exchange, story),
    });
    const leaves = new Map<number, string>();
    const verdict = await eventually(async () => {
      leaves.clear();
      const now = await verifyLog(log.reader, log.witnessedTrust, {
        onEntry: (index, entry) => leaves.set(index, Buffer.from(leafHash(entry)).toString('base64')),
      });
      return leaves.has(receipt.index) ? now : undefined;
    });
    expect(verdict.kind).toBe('verified');
    expect(leaves.get(receipt.index)).toBe(receipt.leafHash);
  });

  it('gives its receipts the newest checkpoint that members’ witnesses vouch for, and keeps every such checkpoint', async () => {
    const { receipt } = await askOnArrival(exchange, emr, { patient: await arrivingPatient(exchange, story) });
    const cosigned = openCheckpoint(receipt.cosigned ?? '', log.witnessedTrust);
    expect(cosigned.size).toBeLessThanOrEqual(openCheckpoint(receipt.checkpoint, log.trust).size);

    const { checkpointsUrl } = exchange.description.ledger;
    const kept = await log.checkpoints(checkpointsUrl);
    expect(kept.map(({ size, root }) => [size, root])).toContainEqual([cosigned.size, cosigned.root]);
    expect(await log.ask(`${checkpointsUrl}/${cosigned.size}`)).toMatchObject({ status: 200 });
    expect(await log.ask(`${checkpointsUrl}/999999999`)).toMatchObject({ status: 404 });
    const verdict = await verifyLog(log.reader, log.witnessedTrust, { older: kept });
    expect(verdict).toMatchObject({ kind: 'verified', consistentWith: kept.map(({ size }) => size) });
  });

  it('says where its witnesses stand', async () => {
    const standing = await eventually(async () => {
      const { text } = await log.ask(new URL('/witnesses', exchange.description.ledger.url).href);
      const { witnesses, cosigned } = JSON.parse(text) as WitnessStatus;
      return witnesses.every(({ last }) => last === 'cosigned') ? { witnesses, cosigned } : undefined;
    });
    expect(standing.witnesses).toHaveLength(3);
    expect(standing.cosigned?.size).toBeGreaterThan(0);
  });

  it('knows who was turned away, and why', async () => {
    const url = `${exchange.description.gateway.url}/cds-services/patient-arrival`;
    const body = arrivalBody(await arrivingPatient(exchange, story));
    expect((await emr.call('POST', url, { purpose: 'HPAYMT', scope: 'system/*.rs', body })).status).toBe(403);
    const entry = await eventually(async () =>
      (await search('action=request.refused&count=50')).find((one) => one.entry['purpose'] === 'HPAYMT'),
    );
    expect(entry.entry).toMatchObject({ outcome: 'refused', reason: 'purpose-not-served' });
  });

  it('is not for clinicians, and to search it is itself an entry', async () => {
    const url = `${exchange.description.gateway.url}/ledger/entries`;
    const asClinician = await emr.call('GET', url, { purpose: 'TREAT', scope: 'system/*.rs' });
    expect(asClinician.status).toBe(403);
    const newest = async () => (await search('action=ledger.searched&count=1'))[0]?.index ?? -1;
    const before = await newest();
    await eventually(async () => ((await newest()) > before ? true : undefined));
  });
});
