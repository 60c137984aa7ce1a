// ATTACKS.md F: somebody with every access to the ledger's disk, and then with its key too, against the files of a real log and the real
// witnesses. A holder of one receipt, or of the published checkpoint, finds it out. Twenty more mutations, on a larger log and also by
// independent verifiers: libs/tile-storage/src/tampering.int-spec.ts; what is done to the run's own database and disks: tampered-ledger.spec.ts.
import { type JsonWebKey, createPrivateKey } from 'node:crypto';
import { join } from 'node:path';

import { type ShownReceipt, askOnArrival, stolenKeysIn } from '@hie/local-exchange';
import {
  type LogVerdict,
  type OpenCheckpoint,
  formatAddCheckpoint,
  formatProofFile,
  memoryStorage,
  noteSigner,
  openCheckpoint,
  openLog,
  openProofFile,
  verifyLog,
} from '@hie/transparency-log';

import { emrOf, eventually } from '../support/doors.js';
import { edited, withEntries } from '../support/entry-bundles.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

type Files = Map<string, Uint8Array>;

describe('a ledger that was rewritten', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let receipt: ShownReceipt;
  let held: OpenCheckpoint;
  let files: Files;
  let entries: readonly Uint8Array[];
  let published: OpenCheckpoint;
  beforeAll(async () => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    const story = await leadStory(exchange);
    const patient = await arrivingPatient(exchange, story);
    ({ receipt } = await askOnArrival(exchange, emrOf(exchange, story), { patient }));
    held = openCheckpoint(receipt.checkpoint, log.trust);
    files = await eventually(async () => {
      const now = await filesOf(log);
      published = openCheckpoint(now.get('checkpoint') ?? '', log.witnessedTrust);
      return published.size >= held.size ? now : undefined;
    });
    entries = await everyEntry();
  }, 60_000);
  afterAll(async () => {
    await log.close();
    await exchange.close();
  });

  const everyEntry = async (): Promise<readonly Uint8Array[]> => {
    const read: Uint8Array[] = [];
    await verifyLog({ read: reading(files) }, log.witnessedTrust, {
      onEntry: (_at, entry) => void read.push(entry.slice()),
    });
    return read;
  };
  const verdictOn = (changed: Files): Promise<LogVerdict> =>
    verifyLog({ read: reading(changed) }, log.witnessedTrust, { older: [held] });
  /** The last bundle, which every log has; the files stand in the order in which they arrived, several at once. */
  const lastBundle = (): string =>
    [...files.keys()]
      .filter((path) => path.startsWith('tile/entries/'))
      .sort()
      .at(-1) as string;
  const withBundle = (change: (bundle: Uint8Array[]) => Uint8Array[]): Files => {
    const path = lastBundle();
    const width = entries.length % 256 || 256;
    return new Map(files).set(path, withEntries(files.get(path) as Uint8Array, width, change));
  };
  const firstOfLastBundle = () => entries.length - (entries.length % 256 || 256);
  /** Who holds the ledger's own key signs whatever they like. */
  const stolen = () => {
    const { others } = stolenKeysIn(join(exchange.run, 'trust'), 'audit-ledger') as {
      others: { log: JsonWebKey };
    };
    return noteSigner(log.trust.origin, 'ed25519', createPrivateKey({ key: others.log, format: 'jwk' }));
  };
  const rewrite = async (index: number, more: number) => {
    const storage = memoryStorage();
    const fork = await openLog(storage, { origin: log.trust.origin, signer: stolen() });
    const other = entries.map((entry, at) => (at === index ? Buffer.from('{"nobody":"looked"}') : entry));
    await fork.append([...other, ...Array.from({ length: more }, (_, at) => Buffer.from(`more ${at}`))]);
    return { fork, storage };
  };

  it('is not this one', async () => {
    expect(await verdictOn(files)).toMatchObject({ kind: 'verified', consistentWith: [held.size] });
  });

  it('F1: an entry that was changed is named', async () => {
    const changed = withBundle((bundle) => [edited(bundle[0] as Uint8Array), ...bundle.slice(1)]);
    const fault = { reason: 'entry-differs', index: firstOfLastBundle() };
    expect(await verdictOn(changed)).toMatchObject({ kind: 'tampered', fault });
  });

  it('F2: so is one that was taken out, with its bundle', async () => {
    const fault = { reason: 'bundle-malformed', resource: lastBundle(), index: firstOfLastBundle() };
    expect(await verdictOn(withBundle((bundle) => bundle.slice(1)))).toMatchObject({ kind: 'tampered', fault });
  });

  it('F3: two entries that changed places are named by the first', async () => {
    const changed = withBundle(([first, second, ...rest]) => [second as Uint8Array, first as Uint8Array, ...rest]);
    const fault = { reason: 'entry-differs', index: firstOfLastBundle() };
    expect(await verdictOn(changed)).toMatchObject({ kind: 'tampered', fault });
  });

  it('F4, F8: an older state of it, cosigned in its time, is smaller than what a receipt says', async () => {
    const kept = await log.checkpoints(exchange.description.ledger.checkpointsUrl);
    const before = kept.filter(({ size }) => size < held.size);
    expect(before.length).toBeGreaterThan(0);
    for (const { raw } of before) {
      const changed = new Map(files).set('checkpoint', Buffer.from(raw));
      const verdict = await verdictOn(changed);
      expect(verdict).toMatchObject({ kind: 'tampered', fault: { reason: 'log-shrank', size: held.size } });
    }
  });

  it('F5: nothing at all is no log', async () => {
    expect(await verdictOn(new Map())).toMatchObject({ kind: 'tampered', fault: { reason: 'checkpoint-missing' } });
  });

  it('F6: with every tile computed anew it no longer fits what was signed', async () => {
    const { storage } = await rewrite(2, 0);
    const changed = new Map(storage.resources).set('checkpoint', files.get('checkpoint') as Uint8Array);
    expect(await verdictOn(changed)).toMatchObject({ kind: 'tampered', fault: { reason: 'root-differs' } });
  });

  it('F10: signed with the stolen key it lacks the witnesses, and contradicts the receipt', async () => {
    const { storage } = await rewrite(2, 3);
    const verdict = await verdictOn(storage.resources);
    expect(verdict).toMatchObject({ kind: 'tampered', fault: { reason: 'quorum-missing' } });
    const unwitnessed = await verifyLog(storage, log.trust, { older: [held] });
    expect(unwitnessed).toMatchObject({ kind: 'tampered', fault: { reason: 'log-forked', size: held.size } });
  });

  it('F10, F11: signed with the stolen key it is refused by every witness, which keeps the request', async () => {
    const { fork } = await rewrite(2, 1_000);
    for (const { url } of exchange.description.ledger.witnesses) {
      const ask = async (oldSize: number) => {
        const older = await fork.proofs.headAt(oldSize, fork.head);
        const proof = await fork.proofs.consistency(older, fork.head);
        return log.ask(`${url}add-checkpoint`, formatAddCheckpoint({ oldSize, proof, checkpoint: fork.head.raw }));
      };
      // The exchange goes on meanwhile: each 409 names the size to try next.
      const refused = await eventually(async () => {
        const { status, text } = await ask(0);
        expect(status).toBe(409);
        const answer = await ask(Number(text));
        return answer.status === 409 ? undefined : answer;
      });
      expect(refused).toEqual({ status: 422, text: 'inconsistent\n' });
    }
  });

  it('F16: a receipt that was altered on its way proves nothing', async () => {
    const path = receipt.proof.map((hash) => new Uint8Array(Buffer.from(hash, 'base64')));
    const leaf = new Uint8Array(Buffer.from(receipt.leafHash, 'base64'));
    const file = formatProofFile({ index: receipt.index, path, checkpoint: receipt.checkpoint });
    expect(openProofFile(file, leaf, log.trust).index).toBe(receipt.index);
    const altered = [
      formatProofFile({ index: receipt.index + 1, path, checkpoint: receipt.checkpoint }),
      formatProofFile({ index: receipt.index, path: path.toReversed(), checkpoint: receipt.checkpoint }),
      file.replace(`\n${held.size}\n`, `\n${held.size + 1}\n`),
    ];
    for (const each of altered) expect(() => openProofFile(each, leaf, log.trust)).toThrow();
    expect(() => openProofFile(file, edited(leaf), log.trust)).toThrow('inclusion-unproven');
  });
});

/** The files of the log as they were at one moment: what its verification reads. */
async function filesOf(log: PublicLog): Promise<Files> {
  const files: Files = new Map();
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const bytes = files.get(path) ?? (await log.reader.read(path));
    if (bytes !== undefined) files.set(path, bytes);
    return bytes;
  };
  await verifyLog({ read }, log.witnessedTrust);
  return files;
}

const reading = (files: Files) => (path: string) => Promise.resolve(files.get(path));
