// A member's wrapping key is destroyed: whatever there is of its data, in whichever copy, is not opened by anybody any more.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  type AnyEventType,
  type EventType,
  type ServiceName,
  answerAssembled,
  queryRequested,
  recordLinked,
  recordsLocated,
} from '@hie/contracts';
import type { OAuthClient } from '@hie/exchange-client';
import { MemberKeyFolder } from '@hie/key-store';
import { keyFilesIn, protectionIn } from '@hie/local-exchange';
import { type ArrivedMessage, MessageReader, directoryObjectStore } from '@hie/messaging';
import { FieldCipher, MemberKeys } from '@hie/persistence';
import { tokenVerifier } from '@hie/purpose-of-use';
import type { FileKeyring } from '@hie/service-kit';
import type { Patient } from '@medplum/fhirtypes';
import type { KafkaMessage } from 'kafkajs';
import pg from 'pg';
import { request } from 'undici';

import { arrivalBody, codeOf, emergency, eventually } from '../support/doors.js';
import { Intruder } from '../support/intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type NewMember, administration, bringIn, newClientKey, untilKnown } from '../support/new-member.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { keyringIn } from '../support/keyring-in.js';

const HIE = fileURLToPath(new URL('../../apps/hie/bin/hie.mjs', import.meta.url));
const SYSTEM = `urn:uuid:${randomUUID()}`;
const feeds = { purpose: 'HOPERAT', scope: 'system/Patient.cu' } as const;
/** A service looks at the folder every two seconds. */
const WITHIN_MS = 30_000;

const topics: readonly AnyEventType[] = [queryRequested, recordsLocated, answerAssembled, recordLinked];
/** Where a member's data lies in columns, and under which name it is sealed there. */
const columns = [
  ['patient-index', 'select member_id, content as sealed from patient_index.source_record', 'source_record.content'],
  ['record-locator', 'select member_id, local as sealed from record_locator.pointer', 'pointer.local'],
] as const;

interface Answered {
  readonly extension?: Record<string, { coverage: { memberId: string }[] }>;
}

describe('a member that is to be forgotten', () => {
  let exchange: SharedExchange;
  let intruder: Intruder;
  let database: pg.Pool;
  let member: NewMember;
  let emr: OAuthClient;
  let mercy: OAuthClient;
  let trust: string;
  let memberKeys: string;
  const key = newClientKey('forgotten-1');
  const patient: Patient = {
    resourceType: 'Patient',
    id: randomUUID(),
    identifier: [{ system: SYSTEM, value: 'F-1' }],
    name: [{ use: 'official', family: 'Quillon-Marsh', given: ['Theodrada'] }],
    birthDate: '1939-11-02',
  };
  beforeAll(async () => {
    exchange = sharedExchange();
    trust = join(exchange.run, 'trust');
    memberKeys = keyFilesIn(trust, 'gateway').members;
    const { database: at } = exchange.description;
    database = new pg.Pool({ connectionString: at.url, ssl: { ca: exchange.ca }, max: 2 });
    const client = { scopes: ['system/*.rs', 'system/Patient.cu'], purposes: ['TREAT', 'ETREAT', 'HOPERAT'] };
    member = await bringIn(exchange, key, client, [SYSTEM]);
    emr = member.clientWith(key);
    mercy = exchange.clientOf(exchange.hospital('mercy-general'));
    await untilKnown(emr);
    intruder = await Intruder.listeningTo(
      exchange,
      topics.map(({ topic }) => topic),
    );
  }, 60_000);
  afterAll(async () => {
    await intruder.leave();
    await database.end();
    await exchange.close();
  });

  const gateway = (path: string): string => `${exchange.description.gateway.url}${path}`;

  async function arrive(client: OAuthClient): Promise<readonly string[]> {
    const answer = await client.call('POST', gateway('/cds-services/patient-arrival'), {
      ...emergency,
      body: arrivalBody(patient),
    });
    expect(answer.status).toBe(200);
    const { coverage = [] } = answer.json<Answered>().extension?.['org.hie-broker.answer'] ?? {};
    return coverage.map(({ memberId }) => memberId);
  }

  /** What a service reads with all the keys that there are now, members' from this folder. */
  function withKeysOf<T>(service: ServiceName, work: (keyring: FileKeyring) => T): T {
    const keyring = keyringIn(trust, service, { members: memberKeys });
    try {
      return work(keyring);
    } finally {
      keyring.close();
    }
  }

  /** Whose data a message holds, as its own consumer opens it now, whenever it was sent; or the code of why not. */
  function membersIn(type: AnyEventType, message: KafkaMessage): Promise<readonly string[] | string> {
    const [service] = type.consumers as readonly [ServiceName];
    const timestampMs = Number(message.timestamp);
    return withKeysOf(service, async (keyring) => {
      const expected = { issuer: gateway(''), audience: 'hie.example', now: () => timestampMs };
      const { verify: verifyToken } = tokenVerifier({ ...expected, keys: keyring.tokenKeys, capacity: 1, maxAgeMs: 1 });
      const store = directoryObjectStore(join(exchange.run, 'objects'));
      const reader = new MessageReader({ service, keyring, store, verifyToken, now: () => timestampMs });
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, text]) => [name, String(text)]),
      );
      const place = { topic: type.topic, partition: 0, offset: message.offset, timestampMs };
      const arrived: ArrivedMessage = { ...place, value: message.value ?? Buffer.alloc(0), headers };
      try {
        const { body, scope } = await reader.read(type as unknown as EventType<{ memberId?: string }>, arrived);
        return [
          ...(scope?.members ?? []),
          ...(scope === undefined ? [] : [scope.claims.tctx.org]),
          body.memberId ?? '',
        ];
      } catch (error) {
        return String((error as { readonly code?: string }).code);
      }
    });
  }

  /** What lies on the log by now: with the member's data in it, and without. */
  async function sorted() {
    const messages = topics.flatMap((type) => intruder.on(type.topic).map((message) => ({ type, message })));
    const holders = await Promise.all(messages.map(({ type, message }) => membersIn(type, message)));
    const isOwn = (at: number): boolean => holders[at]?.includes(member.memberId) ?? false;
    return {
      own: messages.filter((_, at) => isOwn(at)),
      others: messages.filter((_, at) => Array.isArray(holders[at]) && !isOwn(at)),
    };
  }

  /** As from a backup that was taken at another time: rows of a table, and the keys that lie in the same database. */
  async function opened(service: ServiceName, column: string, backup: Backup): Promise<string> {
    return withKeysOf(service, async (keyring) => {
      const pool = { query: () => Promise.resolve({ rows: backup.keys }) } as unknown as pg.Pool;
      const keys = new MemberKeys(pool, () => keyring.wrappingKeys(), keyring.members);
      await keys.load();
      const cipher = new FieldCipher(keys.find);
      try {
        return backup.rows.map(({ member_id, sealed }) => cipher.open(member_id, column, sealed)).join();
      } catch (error) {
        return (error as Error).message;
      }
    });
  }

  async function backUp(service: ServiceName, select: string): Promise<Backup> {
    const { rows } = await database.query<Backup['rows'][number]>(`${select} where member_id = $1`, [member.memberId]);
    const { rows: keys } = await database.query(`select * from ${service.replaceAll('-', '_')}.member_key`);
    return { rows, keys };
  }

  it('is opened in no message, no row and no backup once its key is destroyed; the others are as before', async () => {
    const query = new URLSearchParams({ identifier: `${SYSTEM}|F-1` });
    const fed = await emr.call('PUT', gateway(`/fhir/Patient?${query}`), { ...feeds, body: patient });
    expect(fed.status).toBe(201);
    // Mercy finds the patient at the member; the member asks for itself.
    await eventually(async () => ((await arrive(mercy)).includes(member.memberId) ? true : undefined));
    await arrive(emr);

    // Whoever reads along has them a moment later.
    const { own, others } = await eventually(async () => {
      const read = await sorted();
      return new Set(read.own.map(({ type }) => type)).size === topics.length ? read : undefined;
    }, WITHIN_MS);
    expect(others.length).toBeGreaterThan(10);
    const backups = await Promise.all(columns.map(([service, select]) => backUp(service, select)));
    for (const [at, [service, , column]] of columns.entries())
      await expect(opened(service, column, backups[at]!)).resolves.toContain('F-1');

    const watch = await LedgerWatch.on(exchange, 'keys.changed');
    const { NODE_OPTIONS: _ofJest, ...env } = process.env;
    execFileSync(process.execPath, [HIE, 'keys', 'forget', member.memberId, '--confirm', member.memberId], {
      env: { ...env, MEMBER_KEYS: memberKeys, MEMBER_KEYS_SECRET: keyFilesIn(trust, 'gateway').memberSecret },
    });

    const codes = await Promise.all(own.map(({ type, message }) => membersIn(type, message)));
    expect(new Set(codes)).toEqual(new Set(['member-key-missing']));
    const still = await Promise.all(others.map(({ type, message }) => membersIn(type, message)));
    expect(still.filter((each) => typeof each === 'string')).toEqual([]);
    for (const [at, [service, , column]] of columns.entries())
      await expect(opened(service, column, backups[at]!)).resolves.toBe('member-key-missing');

    // It is not for want of asking: somebody who has every other key, and one of their own making in its place, opens no more.
    memberKeys = join(mkdtempSync(join(tmpdir(), 'hie-forged-')), 'members');
    cpSync(keyFilesIn(trust, 'gateway').members, memberKeys, { recursive: true });
    rmSync(join(memberKeys, `${member.memberId}.destroyed`));
    const forged = new MemberKeyFolder(memberKeys, protectionIn(trust, 'gateway').memberSeal);
    forged.make(member.memberId);
    forged.close();
    const tried = await Promise.all(own.map(({ type, message }) => membersIn(type, message)));
    expect(new Set(tried)).toEqual(new Set(['data-key-unreadable', 'body-unreadable']));
    for (const [at, [service, , column]] of columns.entries())
      await expect(opened(service, column, backups[at]!)).rejects.toThrow();
    rmSync(dirname(memberKeys), { recursive: true });
    memberKeys = keyFilesIn(trust, 'gateway').members;

    // Seven services held the key; the ledger never did.
    const told = await eventually(async () => {
      const entries = (await watch.since()).map(({ entry }) => entry);
      const of = entries.filter((entry) => JSON.stringify(entry).includes(`member ${member.memberId} destroyed`));
      return of.length >= 7 ? of : undefined;
    }, WITHIN_MS);
    expect(told).toHaveLength(7);
  }, 120_000);

  it('takes no part any more, is found by nobody, and does not come back under its name', async () => {
    const asked = { ...emergency, body: arrivalBody(patient) };
    const refused = await eventually(async () => {
      const answer = await emr.call('POST', gateway('/fhir/Patient/$match'), asked).catch(() => undefined);
      return answer?.status === 403 ? answer : undefined;
    }, WITHIN_MS);
    expect(codeOf(refused)).toBe('member-suspended');
    await expect(member.clientWith(key).token(emergency)).rejects.toThrow('invalid_client');
    expect(await arrive(mercy)).not.toContain(member.memberId);
    // Nor by an index that is built anew, from its snapshot or its tables.
    for (const path of ['kill/patient-index', 'ready/patient-index']) {
      expect((await request(`${exchange.controlUrl}/${path}`, { method: 'POST' })).statusCode).toBe(204);
    }
    expect(await arrive(mercy)).not.toContain(member.memberId);
    const again = await exchange.operator.call('POST', gateway('/members'), {
      ...administration,
      body: {
        ...{ memberId: member.memberId, organizationId: 'urn:test:again', name: 'Again', discloses: false },
        ...{ identifierSystems: [], sites: [], endpoints: [], clients: [] },
      },
    });
    expect([again.status, again.json<{ code?: string }>().code]).toEqual([409, 'member-key-destroyed']);
  }, 60_000);
});

interface Backup {
  readonly rows: readonly { readonly member_id: string; readonly sealed: Buffer }[];
  readonly keys: readonly unknown[];
}
