// The administrator's tool: who takes part, bringing somebody in, putting somebody out within two seconds.
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { type CallAnswer, type OAuthClient, TokenRefused } from '@hie/exchange-client';
import type { Patient } from '@medplum/fhirtypes';

import { arrivalBody, codeOf, emergency, emrOf, eventually } from '../support/doors.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const HIE = fileURLToPath(new URL('../../apps/hie/bin/hie.mjs', import.meta.url));
const OUT_WITHIN_MS = 2_000;
const run = promisify(execFile);

interface Answered {
  readonly extension: Record<string, { coverage: { memberId: string; status: string }[] }>;
}

describe('hie participants', () => {
  let exchange: SharedExchange;
  let emr: OAuthClient;
  let patient: Patient;
  let file: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    const story = await leadStory(exchange);
    emr = emrOf(exchange, story);
    patient = await arrivingPatient(exchange, story);
    file = join(exchange.run, 'administrator.json');
    writeFileSync(file, JSON.stringify(exchange.description));
  });
  afterAll(() => exchange.close());

  const hie = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [HIE, 'participants', ...args, '--exchange', file])).stdout;
  const arrive = (from: OAuthClient): Promise<CallAnswer> =>
    from.call('POST', `${exchange.description.gateway.url}/cds-services/patient-arrival`, {
      ...emergency,
      body: arrivalBody(patient),
    });
  const statusOf = (answer: CallAnswer, memberId: string): string | undefined =>
    answer.json<Answered>().extension['org.hie-broker.answer']?.coverage.find((row) => row.memberId === memberId)
      ?.status;

  /** What the ledger says of a change to a member: whose, and by which client. */
  const changedBy = (memberId: string) => ({
    outcome: 'success',
    details: { member: memberId },
    requester: { memberId: 'exchange-operator', clientId: exchange.description.operator.client.id },
  });

  it('lists who takes part', async () => {
    const listed = await hie('list');
    for (const { id, name } of exchange.hospitals) {
      expect(listed).toContain(id);
      expect(listed).toContain(name);
    }
  });

  it('puts a member out within two seconds, as requester and as source, and lets it in again', async () => {
    const lakeside = exchange.clientOf(exchange.hospital('lakeside'));
    expect((await arrive(lakeside)).status).toBe(200);
    expect(statusOf(await arrive(emr), 'lakeside')).toBe('answered');
    const [suspensions, resumptions] = await Promise.all([
      LedgerWatch.on(exchange, 'member.suspended'),
      LedgerWatch.on(exchange, 'member.resumed'),
    ]);
    try {
      await hie('suspend', 'lakeside', '--reason', 'a test of the kill switch');
      await pause(OUT_WITHIN_MS);
      const [asked, other] = await Promise.all([arrive(lakeside), arrive(emr)]);
      expect([asked.status, codeOf(asked)]).toEqual([403, 'member-suspended']);
      expect(statusOf(other, 'lakeside')).toBe('not-asked');
      await expect(exchange.clientOf(exchange.hospital('lakeside')).token(emergency)).rejects.toThrow(TokenRefused);
      expect(await hie('list')).toMatch(/lakeside +suspended/);
    } finally {
      await hie('resume', 'lakeside');
    }
    await eventually(async () => ((await arrive(lakeside)).status === 200 ? true : undefined));
    await eventually(async () => (statusOf(await arrive(emr), 'lakeside') === 'answered' ? true : undefined));
    for (const watch of [suspensions, resumptions]) expect(await watch.one()).toMatchObject(changedBy('lakeside'));
  });

  it('brings a member in, whose client is then known', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const members = { kid: 'eastside-1', alg: 'ES256', use: 'sig' };
    const memberId = `eastside-${randomUUID().slice(0, 6)}`;
    const organizationId = `urn:uuid:${randomUUID()}`;
    const registration = join(exchange.run, 'eastside.json');
    writeFileSync(
      registration,
      JSON.stringify({
        memberId,
        organizationId,
        name: 'Eastside Urgent Care',
        identifierSystems: [],
        discloses: false,
        sites: [{ siteId: 'main', name: 'Eastside' }],
        endpoints: [],
        clients: [
          {
            clientId: `${memberId}-emr`,
            jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), ...members }] },
            scopes: ['system/*.rs'],
            purposes: ['TREAT', 'ETREAT'],
          },
        ],
      }),
    );
    const watch = await LedgerWatch.on(exchange, 'member.registered');
    expect(await hie('add', registration)).toMatch(/active/);
    expect(await watch.one()).toMatchObject(changedBy(memberId));
    const privateJwk = { ...privateKey.export({ format: 'jwk' }), ...members };
    const added = exchange.memberClient(`${memberId}-emr`, privateJwk, organizationId);
    const answer = await eventually(async () => arrive(added).catch(() => undefined));
    expect(answer.status).toBe(200);
  });

  it('says in one sentence what is wrong, and leaves with an exit code', async () => {
    await expect(hie('suspend', 'nobody', '--reason', 'none')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('member') as string,
    });
    await expect(hie('add', join(exchange.run, 'missing.json'))).rejects.toMatchObject({ code: 1 });
    await expect(hie('dance')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('hie participants') as string,
    });
  });
});
