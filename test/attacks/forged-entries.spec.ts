// ATTACKS.md F14: entries of what never happened. Nobody writes into the ledger in another's name, and nothing twice.
import { randomUUID } from 'node:crypto';

import { type AuditEvent, auditEventRecorded, auditTallied } from '@hie/contracts';

import { eventually } from '../support/doors.js';
import { Intruder, type TakenMessage } from '../support/intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const told = auditEventRecorded.topic;

/** Something that no service did. */
const invented = (over: Partial<AuditEvent> = {}): AuditEvent => ({
  ...{ eventId: randomUUID(), service: 'participants', action: 'member.invented', outcome: 'success' },
  ...{ details: {}, seals: [], at: new Date().toISOString(), receiptWanted: false },
  ...over,
});

describe('F14: an event that never happened', () => {
  let exchange: SharedExchange;
  let intruder: Intruder;
  let inventions: LedgerWatch;
  beforeAll(async () => {
    exchange = sharedExchange();
    intruder = await Intruder.listeningTo(exchange, [told, auditTallied.topic]);
    inventions = await LedgerWatch.on(exchange, 'member.invented');
  }, 60_000);
  afterAll(async () => {
    await intruder.leave();
    await exchange.close();
  });

  const genuine = (): Promise<TakenMessage> => intruder.toldLedger(invented(), 'participants');
  const spoilt = (message: TakenMessage, headers: Readonly<Record<string, string>>): TakenMessage => ({
    ...message,
    headers: { ...message.headers, ...headers },
  });

  it.each<[string, string, () => Promise<TakenMessage>, string]>([
    [
      'told in another service’s name, under a stolen key',
      told,
      () => intruder.toldLedger(invented(), 'consent'),
      'body-invalid',
    ],
    [
      'under a stolen key, and without that service’s word on it',
      told,
      () => intruder.told(auditEventRecorded, invented(), 'participants'),
      'body-invalid',
    ],
    [
      'with the word that the service gave on another event',
      told,
      () => intruder.toldLedger(invented(), 'participants', invented()),
      'body-invalid',
    ],
    [
      'under no seal',
      told,
      async () => {
        const { headers, ...message } = await genuine();
        const { 'hie-seals': _none, ...others } = headers;
        return { ...message, headers: others };
      },
      'header-missing',
    ],
    [
      'under a seal that is none',
      told,
      async () => spoilt(await genuine(), { 'hie-seals': 'x.y.z' }),
      'header-malformed',
    ],
    [
      'under the seal of another event',
      told,
      async () => spoilt(await genuine(), { 'hie-seals': String((await genuine()).headers['hie-seals']) }),
      'body-mismatch',
    ],
    [
      'accounted for in another service’s name',
      auditTallied.topic,
      () => {
        const tally = { service: 'participants' as const, number: 1_000_000, eventIds: [randomUUID()] };
        return intruder.told(auditTallied, { ...tally, at: new Date().toISOString() }, 'consent');
      },
      'body-invalid',
    ],
  ])('%s is put aside, and is in the ledger as what it is', async (_which, topic, forged, reason) => {
    const message = await forged();
    const refused = await LedgerWatch.on(exchange, 'message.refused');
    const before = intruder.refusals(topic).length;
    await intruder.send(topic, message);
    await eventually(() => Promise.resolve(intruder.refusals(topic).length > before ? true : undefined));
    expect(intruder.refusals(topic).at(-1)).toBe(reason);
    expect(
      await refused.untilThere((entries) => entries.find((entry) => entry.service === 'audit-ledger')),
    ).toMatchObject({
      reason,
    });
    expect(await inventions.since()).toEqual([]);
  });

  it('that is told twice by whoever may tell it stands in the log once', async () => {
    const watch = await LedgerWatch.on(exchange, 'member.invented');
    const event = invented();
    for (let time = 0; time < 2; time += 1) {
      await intruder.send(told, await intruder.toldLedger(event, 'participants'));
    }
    // What is told after both is read after both.
    const after = invented({ action: 'member.invented-after' });
    const later = await LedgerWatch.on(exchange, after.action);
    await intruder.send(told, await intruder.toldLedger(after, 'participants'));
    await later.one();
    expect(await watch.one()).toMatchObject({ service: 'participants' });
  });
});
