// The evidence of a case, as a file that was downloaded: whole it is proven, and with anything in it changed it is not.
import {
  type LedgerEntry,
  bindingOf,
  detailsDigestOf,
  formatLeaf,
  oneEntryKeys,
  sealEntry,
  vouchFor,
} from '@hie/ledger-entry';
import { type Evidence, evidenceEntry } from '@hie/ledger-report';
import { formatVerifierKey, leafHash, memoryStorage, noteSigner, openLog, shardOrigin } from '@hie/transparency-log';
import { type KeyObject, createSecretKey, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './main.js';

const [older, newer] = ['2026h1', '2026h2'].map((name) => shardOrigin('ledger.example', name)) as [string, string];
const { privateKey } = generateKeyPairSync('ed25519');
const signerOf = (origin: string) => noteSigner(origin, 'ed25519', privateKey);
const key = formatVerifierKey(signerOf(newer).key);
const ledger = createSecretKey(Buffer.alloc(32, 1));
const patient = createSecretKey(Buffer.alloc(32, 2));
const txn = randomUUID();

const sealKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const root = generateKeyPairSync('ed25519');

const told = (action: string): LedgerEntry => {
  const event = {
    ...{ eventId: randomUUID(), txn, service: 'document-query', action, outcome: 'success', purpose: 'ETREAT' },
    ...{ requester: { memberId: 'mercy-general' }, details: { stage: 'critical' } },
    ...{ seals: [], at: '2026-03-01T08:00:00.000Z' },
  };
  const binding = bindingOf('AAAAAAAAAAAAAAAAAAAAAA', undefined);
  const detailsDigest = detailsDigestOf(binding, event.details);
  const signature = vouchFor(event, detailsDigest, 'dq-1', sealKey.privateKey);
  return { ...event, patient: randomUUID(), sealedBy: 'document-query', binding, detailsDigest, signature };
};

/** The keys of the services as the trust root has signed them. */
function manifest(key: KeyObject, signer: KeyObject = root.privateKey): string {
  const seal = [{ ...key.export({ format: 'jwk' }), kid: 'dq-1' }];
  const signed = [{ alg: 'EdDSA' }, { iat: 1, services: { 'document-query': { seal } } }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign(null, Buffer.from(signed), signer).toString('base64url')}`;
}

let folder: string;
let evidence: Evidence;

/** A transaction over a hand-over: its first entry in a shard that was closed, its second in the next. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-ledger-'));
  const found = await Promise.all(
    [older, newer].map(async (origin) => {
      const log = await openLog(memoryStorage(), { origin, signer: signerOf(origin) });
      const entry = told(origin === older ? 'query.requested' : 'answer.assembled');
      const leaf = formatLeaf(sealEntry(entry, { ledger, patient }, randomBytes));
      await log.append([Buffer.from('another'), leaf]);
      const place = { shard: origin === older ? '2026h1' : '2026h2', index: 1, leafHash: leafHash(leaf) };
      const keys = oneEntryKeys(entry.eventId, { ledger, patient });
      const proof = await log.proofs.inclusion(1, log.head);
      const made = evidenceEntry({ place, entry, leaf, keys, proof, checkpoint: log.head.raw });
      return { made, checkpoint: log.head.raw };
    }),
  );
  const [first, { made: last, checkpoint }] = found as [(typeof found)[number], (typeof found)[number]];
  const { checkpoint: _same, ...newest } = last;
  evidence = { txn, checkpoint, isComplete: true, entries: [first.made, newest] };
});
afterEach(() => rm(folder, { recursive: true }));

async function check(given: unknown, services?: string) {
  const file = join(folder, 'evidence.json');
  const [manifestFile, rootFile] = [join(folder, 'manifest.jws'), join(folder, 'root.jwk')];
  await writeFile(manifestFile, services ?? '');
  await writeFile(rootFile, JSON.stringify(root.publicKey.export({ format: 'jwk' })));
  await writeFile(file, typeof given === 'string' ? given : JSON.stringify(given));
  const said: string[] = [];
  const complaints: string[] = [];
  const args = ['check-evidence', file, '--key', key];
  if (services !== undefined) args.push('--services', manifestFile, '--services-root', rootFile);
  const code = await main(args, { print: (line) => said.push(line) }, (line) => complaints.push(line));
  return { code, said, complaints: complaints.join('\n') };
}

/** The evidence with its last entry changed. */
const withLast = (change: object): Evidence => ({
  ...evidence,
  entries: evidence.entries.map((entry, at) => (at === 1 ? { ...entry, ...change } : entry)),
});
const last = () => evidence.entries[1] as Evidence['entries'][number];

it('proves every entry, each in its own shard', async () => {
  const { code, said } = await check(evidence);
  expect(said.slice(0, 2)).toEqual([
    'proven     entry 2026h1/1: 2026-03-01T08:00:00.000Z success',
    'proven     entry 2026h2/1: 2026-03-01T08:00:00.000Z success',
  ]);
  expect(code).toBe(0);
});

it('says that a transaction has more entries than the file', async () => {
  expect((await check({ ...evidence, isComplete: false })).said.at(-1)).toContain('it has more entries');
});

it.each<[string, () => Evidence, string]>([
  [
    'an AuditEvent with another purpose',
    () => withLast({ auditEvent: { ...last().auditEvent, purposeOfEvent: [{ text: 'TREAT' }] } }),
    'audit-event-changed',
  ],
  [
    'the AuditEvent of another entry',
    () => withLast({ auditEvent: evidence.entries[0]?.auditEvent }),
    'audit-event-changed',
  ],
  ['another leaf', () => withLast({ leaf: evidence.entries[0]?.leaf }), 'leaf-not-in-log'],
  ['another place', () => withLast({ index: 0 }), 'leaf-not-in-log'],
  ['a shard that its checkpoint is not of', () => withLast({ shard: '2026h1' }), 'checkpoint-not-the-logs'],
  ['keys of another entry', () => withLast({ keys: evidence.entries[0]?.keys }), 'entry-unreadable'],
  [
    'a checkpoint that somebody else has signed',
    () => ({ ...evidence, checkpoint: evidence.checkpoint.replace(/\n2\n/, '\n3\n') }),
    'checkpoint-not-the-logs',
  ],
  ['another transaction', () => ({ ...evidence, txn: randomUUID() }), 'other-transaction'],
])('does not prove %s', async (_what, changed, fault) => {
  const { code, said } = await check(changed());
  expect(code).toBe(1);
  expect(said.join('\n')).toContain(`NOT PROVEN entry 2026h`);
  expect(said.find((line) => line.startsWith('NOT PROVEN'))).toContain(fault);
});

it.each([
  ['no JSON', 'proof', 'not JSON'],
  ['something else', { entries: [] }, 'not the evidence of a case'],
])('complains of a file that is %s', async (_what, given, complaint) => {
  expect(await check(given)).toMatchObject({ code: 2, complaints: expect.stringContaining(complaint) as unknown });
});

describe('with the keys of the services', () => {
  it('proves that each entry is the word of the service that it names', async () => {
    const { code, said } = await check(evidence, manifest(sealKey.publicKey));
    expect([code, said.filter((line) => line.startsWith('proven'))]).toEqual([
      0,
      [expect.anything(), expect.anything()],
    ]);
    expect(said).toContain('each entry is the word of the service that it names');
  });

  it('does not prove what stands in the log and no service has told (ATTACKS F14)', async () => {
    const another = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { code, said } = await check(evidence, manifest(another.publicKey));
    expect([code, said.every((line) => line.endsWith('not-vouched-for'))]).toEqual([1, true]);
  });

  it.each([
    ['that somebody else has signed', () => manifest(sealKey.publicKey, generateKeyPairSync('ed25519').privateKey)],
    ['that are none', () => 'a.b.c'],
  ])('complains of keys %s', async (_what, services) => {
    const { code, complaints } = await check(evidence, services());
    expect([code, complaints]).toEqual([2, expect.stringMatching(/trust root has not signed|can not be read/)]);
  });
});
