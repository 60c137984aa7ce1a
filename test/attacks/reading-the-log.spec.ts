// The ledger's files are public. Who was told nothing about a patient must not find in them why.
import { type ShownEntry, type ShownReceipt, askOnArrival } from '@hie/local-exchange';
import { isCommittedTo, parseLeaf } from '@hie/ledger-entry';
import { HEAD_PATH, logProofs, openCheckpoint, verifyLog } from '@hie/transparency-log';

import { emrOf, eventually } from '../support/doors.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

describe('a stranger who reads the public log', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let answered: ShownReceipt;
  let refused: ShownReceipt;
  beforeAll(async () => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    const story = await leadStory(exchange);
    const emr = emrOf(exchange, story);
    const patient = await arrivingPatient(exchange, story);
    ({ receipt: answered } = await askOnArrival(exchange, emr, { patient }));
    const nobody = { ...patient, birthDate: '1871-02-03', name: [{ family: 'Quillfeather', given: ['Osbert'] }] };
    const { identifier: _known, telecom: _called, address: _lived, ...unknown } = nobody;
    ({ receipt: refused } = await askOnArrival(exchange, emr, { patient: unknown }));
  }, 60_000);
  afterAll(async () => {
    await log.close();
    await exchange.close();
  });

  const leafOf = async ({ index }: ShownReceipt): Promise<Uint8Array> => {
    const head = openCheckpoint((await log.reader.read(HEAD_PATH)) ?? '', log.trust);
    return logProofs(log.reader).entry(index, head);
  };

  it('sees the same of an answer and of a question about nobody', async () => {
    const [one, other] = await Promise.all([leafOf(answered), leafOf(refused)]);
    expect(one.length).toBe(other.length);
    expect(Object.keys(parseLeaf(one))).toEqual(Object.keys(parseLeaf(other)));
    const outcomes = await Promise.all(
      [answered, refused].map(({ index, eventId }) =>
        eventually(async () => {
          const url = `${exchange.description.gateway.url}/ledger/entries?event=${eventId}`;
          const door = { purpose: 'HCOMPL', scope: 'exchange/ledger.read' };
          const found = (await exchange.operator.call('GET', url, door)).json<{ entries: ShownEntry[] }>();
          return found.entries.find((entry) => entry.index === index)?.entry.outcome;
        }),
      ),
    );
    // They are not the same to whoever may know.
    expect(outcomes).toEqual(['success', 'empty']);
  });

  it('finds no word of who, whom, why or what in any entry', async () => {
    const words = /member|purpose|ETREAT|TREAT|success|denied|empty|gateway|consent|query|patient|mercy|outcome|txn/;
    const told: string[] = [];
    const lengths = new Set<number>();
    await verifyLog(log.reader, log.witnessedTrust, {
      onEntry: (_index, bytes) => {
        const { head, details, commitment, eventId, ...rest } = parseLeaf(bytes);
        lengths.add(bytes.length);
        const open = JSON.stringify(rest) + eventId;
        if (words.test(open) || !/^[\w-]+$/.test(head + details + commitment)) told.push(open);
      },
    });
    expect(told).toEqual([]);
    // Only what is far longer than an answer, such as a feed's own list, may be seen to be so.
    expect(lengths.size).toBeLessThanOrEqual(3);
  });

  it('can show with a receipt for which answer it was given, and for no other', async () => {
    const leaf = parseLeaf(await leafOf(answered));
    const opening = Buffer.from(answered.opening, 'base64url');
    expect(isCommittedTo(leaf, answered.digest, opening)).toBe(true);
    expect(isCommittedTo(leaf, refused.digest, opening)).toBe(false);
    expect(isCommittedTo(leaf, answered.digest, Buffer.from(refused.opening, 'base64url'))).toBe(false);
  });
});
