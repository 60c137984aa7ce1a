// The steps of a rotation, without an exchange: at every step one service has read the newest files and another still holds those before.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ServiceName, patientIdentified, queryRequested } from '@hie/contracts';
import { MemberKeyFolder, fileVault, writeKeyFile } from '@hie/key-store';
import {
  type KeyRotation,
  keyFilesIn,
  makeTrustMaterial,
  protectionIn,
  rotateKeys,
  stolenKeysIn,
} from '@hie/local-exchange';
import { MessageReader, MessageWriter } from '@hie/messaging';
import { mintTransactionTokenBy, tokenVerifier } from '@hie/purpose-of-use';
import type { FileKeyring } from '@hie/service-kit';
import { TEST_AUDIENCE, TEST_ISSUER, testClaims } from '@hie/testing-kit';
import { keyringIn } from '../support/keyring-in.js';

describe(rotateKeys.name, () => {
  let folder: string;
  let rotation: KeyRotation;
  const opened: FileKeyring[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-trust-'));
    makeTrustMaterial(folder, 'ledger.example');
    const members = new MemberKeyFolder(
      keyFilesIn(folder, 'gateway').members,
      protectionIn(folder, 'gateway').memberSeal,
    );
    members.make(testClaims(query).tctx.org);
    members.close();
    rotation = rotateKeys(folder);
  });
  afterEach(() => {
    for (const keyring of opened.splice(0)) keyring.close();
    rmSync(folder, { recursive: true });
  });

  /** The keys as a service has them that reads the files now. */
  const keyringOf = (service: ServiceName): FileKeyring => {
    const keyring = keyringIn(folder, service);
    opened.push(keyring);
    return keyring;
  };
  const both = () => ({ gateway: keyringOf('gateway'), index: keyringOf('patient-index') });
  const store = { put: () => Promise.resolve(), get: () => Promise.resolve(undefined), sweep: () => Promise.resolve() };
  const query = '{}';

  /** What a question sealed by one keyring becomes at a reader with another; the reader's answer goes back to consent's own. */
  async function exchanged(gateway: FileKeyring, index: FileKeyring, appendedAtMs = Date.now()): Promise<string> {
    const claims = testClaims(query);
    const [key] = gateway.signingKeys('token');
    const writer = new MessageWriter(gateway, store, 'gateway');
    const scope = writer.begin(await mintTransactionTokenBy(claims, key), claims);
    const { message } = await writer.writeWithin(queryRequested, { txn: claims.txn, query }, scope);
    const expected = { issuer: TEST_ISSUER, audience: TEST_AUDIENCE, now: Date.now, capacity: 8, maxAgeMs: 1_000 };
    const { verify: verifyToken } = tokenVerifier({ ...expected, keys: index.tokenKeys });
    const reader = new MessageReader({ service: 'patient-index', keyring: index, store, verifyToken });
    const { headers, value } = message;
    const arrived = {
      topic: queryRequested.topic,
      partition: 0,
      offset: '0',
      timestampMs: appendedAtMs,
      value,
      headers,
    };
    const read = await reader.read(queryRequested, arrived).catch((error: unknown) => (error as { code: string }).code);
    if (typeof read === 'string') return read;
    const next = { ...read.body, identity: { outcome: 'none' as const }, candidates: [] };
    await new MessageWriter(index, store, 'patient-index').writeWithin(patientIdentified, next, read.scope!);
    return `read: ${read.checked.seal.kid}`;
  }

  it('leaves every message readable at every step, whichever of two services has read the files first', async () => {
    const stages = [both()];
    for (const step of ['publish', 'use', 'retire'] as const) {
      rotation[step]();
      stages.push(both());
      const [before, after] = stages.slice(-2) as [ReturnType<typeof both>, ReturnType<typeof both>];
      const pairs = [
        [before.gateway, before.index],
        [after.gateway, before.index],
        [after.gateway, after.index],
        ...(step === 'retire' ? [] : [[before.gateway, after.index] as const]),
      ] as const;
      for (const [gateway, index] of pairs)
        expect(await exchanged(gateway, index)).toMatch(/^read: gateway-seal-[12]$/);
    }
    expect(await exchanged(stages[3]!.gateway, stages[3]!.index)).toBe('read: gateway-seal-2');
  });

  it('ends a former key: what the broker took before is readable, what it takes later is not', async () => {
    const former = both();
    rotation.publish();
    rotation.use();
    rotation.retire();
    const { index } = both();
    const wait = 1_100;
    expect(await exchanged(former.gateway, index, Date.now() + wait)).toBe('seal-key-unknown');
    expect([...index.tokenKeys().keys()]).toEqual(['gateway-token-2']);
    expect(index.sealKeys().get('gateway-seal-1')?.untilMs).toBeLessThanOrEqual(Date.now());
  });

  it('publishes the key that tokens are issued with before it signs, and until the former’s tokens have ended', () => {
    const issuing = () =>
      keyringOf('identity-provider')
        .signingKeys('oidc')
        .map(({ kid }) => kid);
    expect(issuing()).toEqual(['oidc-1']);
    rotation.publish();
    expect(issuing()).toEqual(['oidc-1', 'oidc-2']);
    rotation.use();
    expect(issuing()).toEqual(['oidc-2', 'oidc-1']);
    rotation.retire();
    expect(issuing()).toEqual(['oidc-2']);
  });

  it('leaves a change of that key to whoever has begun it by hand', () => {
    const { keyFile } = keyFilesIn(folder, 'identity-provider');
    const file = stolenKeysIn(folder, 'identity-provider') as { readonly others: { readonly oidc: unknown } };
    const byHand = [file.others.oidc, fileVault.make({ crv: 'P-256', kid: 'by-hand' }).entry];
    const changed = { ...file, others: { ...file.others, oidc: byHand } };
    writeKeyFile(keyFile, 'identity-provider', changed, protectionIn(folder, 'identity-provider'));
    for (const step of ['publish', 'use', 'retire'] as const) {
      rotation[step]();
      expect(
        keyringOf('identity-provider')
          .signingKeys('oidc')
          .map(({ kid }) => kid),
      ).toEqual(['oidc-1', 'by-hand']);
    }
  });

  it('gives each instance a seal of its own, and changes it with the others', () => {
    const own = mkdtempSync(join(tmpdir(), 'hie-trust-'));
    makeTrustMaterial(own, 'ledger.example', { instances: { 'audit-ledger': ['replica-1'], gateway: ['1'] } });
    const seals = (service: ServiceName, ...instances: readonly string[]) =>
      instances.map((instance) => {
        const keyring = keyringIn(own, service, { instance });
        opened.push(keyring);
        const { kid } = keyring.sealingKey();
        return { kid, ...keyring.sealKeys().get(kid) };
      });
    const before = seals('audit-ledger', '0', 'replica-1');
    expect(before.map(({ kid, service }) => [kid, service])).toEqual([
      ['audit-ledger-seal-1', 'audit-ledger'],
      ['audit-ledger@replica-1-seal-1', 'audit-ledger'],
    ]);
    const round = rotateKeys(own);
    round.publish();
    round.use();
    round.retire();
    const after = seals('audit-ledger', '0', 'replica-1');
    expect(after.map(({ kid, untilMs }) => [kid, untilMs])).toEqual([
      ['audit-ledger-seal-2', undefined],
      ['audit-ledger@replica-1-seal-2', undefined],
    ]);
    const [gateway] = opened.slice(-1);
    expect(before.map(({ kid }) => gateway?.sealKeys().get(kid)?.untilMs)).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    expect([...(gateway?.tokenKeys().keys() ?? [])]).toEqual(['gateway-token-2', 'gateway@1-token-2']);
    rmSync(own, { recursive: true });
  });

  it('leaves no key of a service in the clear, whatever step it is at', () => {
    const inTheClear = () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name), 'utf8').includes('"d":"'))
        .map(({ name }) => name);
    for (const step of ['publish', 'use', 'retire'] as const) {
      rotation[step]();
      // The root's, which no service holds.
      expect(inTheClear()).toEqual(['trust-root.private.jwk']);
    }
  });

  it('goes round and round, and uses no key id twice', async () => {
    for (let round = 0; round < 3; round += 1) {
      const next = rotateKeys(folder);
      next.publish();
      next.use();
      next.retire();
    }
    const { gateway, index } = both();
    expect(await exchanged(gateway, index)).toBe('read: gateway-seal-4');
    expect(index.sealKeys().size).toBe(8 * 4);
  });
});
