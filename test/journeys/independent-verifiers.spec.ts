// The running exchange's own log, as everything before it in this tier has made it, read over HTTPS by software that shares no code with
// this project: tlogverify (two unrelated Merkle libraries) and tessera's fsck, with the members' witnesses' cosignatures demanded.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { askOnArrival } from '@hie/local-exchange';
import { goTools } from '@hie/testing-kit';

import { emrOf } from '../support/doors.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const caPath = (): string => sharedExchange().description.caCertificate;
const tools = await goTools({ caPath: caPath() });
if (typeof tools === 'string') console.info(`Skipped: verification by independent software: ${tools}.`);
const withGo = typeof tools === 'string' ? it.skip : it;

describe('the exchange’s log', () => {
  let exchange: SharedExchange;
  let ledger: LedgerAudit;
  let folder: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    ledger = new LedgerAudit(exchange);
    folder = await mkdtemp(join(tmpdir(), 'hie-verifiers-'));
  });
  afterAll(async () => {
    await ledger.close();
    await exchange.close();
    await rm(folder, { recursive: true });
  });

  withGo(
    'is accepted by them, every entry proven, under the quorum of its witnesses',
    async () => {
      const story = await leadStory(exchange);
      const patient = await arrivingPatient(exchange, story);
      const { receipt } = await askOnArrival(exchange, emrOf(exchange, story), { patient });
      await ledger.settled();
      expect((await ledger.verify()).verdict).toMatchObject({ kind: 'verified' });

      const { tlogverify, fsck } = tools as Exclude<typeof tools, string>;
      const { url, verifierKey, quorum, witnesses } = exchange.description.ledger;
      const keys = { log: verifierKey, witnesses: witnesses.map(({ verifierKey: key }) => key), quorum };
      const found = JSON.parse((await tlogverify(url, keys)).said) as {
        readonly ok: boolean;
        readonly size: number;
        readonly inclusion_proofs_checked: number;
        readonly cosigners: readonly string[];
      };
      expect(found.ok).toBe(true);
      expect(found.size).toBeGreaterThan(receipt.index);
      expect(found.inclusion_proofs_checked).toBe(found.size);
      expect(found.cosigners.length).toBeGreaterThanOrEqual(quorum);

      const keyFile = join(folder, 'key');
      await writeFile(keyFile, verifierKey);
      expect(await fsck(url, keyFile)).toMatchObject({ accepted: true });
    },
    120_000,
  );
});
