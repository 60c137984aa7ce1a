// Notices on a real PostgreSQL: issued once, read by whom they are for, sent until somebody has acknowledged (ATTACKS B4).
import { randomUUID } from 'node:crypto';

import { type GlassReported, OPERATOR } from '@hie/contracts';
import type { AuditFacts, AuditWriter } from '@hie/messaging';
import { UnitOfWork, databaseOptions } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import type { PinoLogger } from '@hie/service-kit';
import { type TestSchema, testSchema } from '@hie/testing-kit';
import { DataSource } from 'typeorm';

import { noteGlassPersons } from '../break-glass/break-glass-link.entity.js';
import { BreakGlassNotices } from '../break-glass/break-glass-notices.js';
import { model } from '../persistence/model.js';
import { NoticeCourier } from './notice-courier.js';
import { NoticePort, type SentNotice } from './notice-port.js';

const personId = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const claimsOf = (org: string, user?: string) => ({ sub: `${org}-system`, tctx: { org, user } }) as TransactionClaims;

class FakePort extends NoticePort {
  readonly members = ['harbor'];
  readonly taken: SentNotice[] = [];
  isUp = true;
  deliver(_memberId: string, notice: SentNotice): Promise<void> {
    if (!this.isUp) return Promise.reject(new Error('down'));
    this.taken.push(notice);
    return Promise.resolve();
  }
}

describe('notices of broken glass', () => {
  let schema: TestSchema;
  let source: DataSource;
  let notices: BreakGlassNotices;
  let port: FakePort;
  let courier: NoticeCourier;
  const told: AuditFacts[] = [];

  const report = (members: readonly string[]): GlassReported => ({
    ...{ eventId: randomUUID(), txn: randomUUID(), caseId: randomUUID(), members: [...members] },
    ...{ requester: { memberId: 'mercy', userId: 'clinician-17' }, brokenAt: '2026-01-01T00:00:00.000Z' },
  });
  let offset = 0;
  const delivery = () => ({ msgId: randomUUID(), topic: 't', partition: 0, offset: String((offset += 1)) });
  const of = async (org: string, txn: string, isOpenOnly = false) =>
    (await notices.list(claimsOf(org).tctx, isOpenOnly)).filter((notice) => notice.txn === txn);
  const makeDue = () => schema.pool.query(`update break_glass_notice set attempt_at = now() - interval '1 second'`);

  beforeAll(async () => {
    schema = await testSchema();
    source = await new DataSource(
      databaseOptions({ url: schema.url, caPath: schema.caPath, schema: schema.name }, model),
    ).initialize();
    await source.runMigrations();
    const audit = {
      write: (facts: AuditFacts) => {
        told.push(facts);
        return Promise.resolve({ record: { id: randomUUID(), topic: 't', key: 'k', record: Buffer.from('x') } });
      },
    } as unknown as AuditWriter;
    notices = new BreakGlassNotices(source, new UnitOfWork(source, () => Promise.resolve(true)), audit);
  });
  beforeEach(async () => {
    await schema.pool.query('delete from break_glass_notice');
    port = new FakePort();
    courier = new NoticeCourier(schema.pool, port, { warn: () => undefined } as unknown as PinoLogger);
  });
  afterAll(async () => {
    await source.destroy();
    await schema.drop();
  });

  it('are one for each member, once, with the case that reviews it and the person who was found', async () => {
    const reported = report(['harbor', 'saint-brigid']);
    const { text, values } = noteGlassPersons([{ txn: reported.txn, personId }])[0] as {
      text: string;
      values: unknown[];
    };
    await schema.pool.query(text, values);
    const once = delivery();
    await notices.issue(once, reported);
    await notices.issue(once, reported);
    const [own, ...others] = await of('harbor', reported.txn);
    expect(others).toEqual([]);
    expect(own).toMatchObject({
      ...{ memberId: 'harbor', personId, reviewCaseId: reported.caseId },
      requester: { memberId: 'mercy', userId: 'clinician-17' },
    });
    expect(await of('mercy', reported.txn)).toEqual([]);
    expect((await of(OPERATOR, reported.txn)).map(({ memberId }) => memberId).sort()).toEqual([
      'harbor',
      'saint-brigid',
    ]);
    const issued = told.filter(
      ({ action, details }) => action === 'notice.issued' && details?.['case'] === reported.caseId,
    );
    expect(issued).toHaveLength(2);
    expect(issued[0]).toMatchObject({ personId });
  });

  it('are none where nothing was disclosed; the cases are linked all the same', async () => {
    const reported = report([]);
    await notices.issue(delivery(), reported);
    expect(await of(OPERATOR, reported.txn)).toEqual([]);
    const { rows } = await schema.pool.query('select review_case_id from break_glass_link where txn = $1', [
      reported.txn,
    ]);
    expect(rows).toEqual([{ review_case_id: reported.caseId }]);
  });

  it('are acknowledged by their member alone, and then no longer open', async () => {
    const reported = report(['harbor']);
    await notices.issue(delivery(), reported);
    const noticeId = (await of('harbor', reported.txn))[0]?.noticeId ?? '';
    for (const org of ['mercy', OPERATOR]) {
      await expect(notices.acknowledge(noticeId, claimsOf(org))).rejects.toMatchObject({
        ...{ code: 'notice-not-found', attempt: 'notice-of-another' },
      });
    }
    await expect(notices.acknowledge(randomUUID(), claimsOf('mercy'))).rejects.toMatchObject({
      ...{ code: 'notice-not-found', attempt: undefined },
    });
    expect(await of('harbor', reported.txn, true)).toHaveLength(1);
    await notices.acknowledge(noticeId, claimsOf('harbor', 'privacy-officer'));
    await notices.acknowledge(noticeId, claimsOf('harbor', 'somebody-else'));
    expect(await of('harbor', reported.txn, true)).toEqual([]);
    expect(await of('harbor', reported.txn)).toMatchObject([{ acknowledgedBy: 'privacy-officer' }]);
    expect(told.filter(({ action }) => action === 'notice.acknowledged')).toHaveLength(1);
  });

  it('are sent again after a failure and a day, and no more once they are acknowledged', async () => {
    const reported = report(['harbor', 'saint-brigid']);
    await notices.issue(delivery(), reported);
    port.isUp = false;
    expect(await courier.round()).toBe(0);
    port.isUp = true;
    expect(await courier.round()).toBe(0);
    await makeDue();
    expect(await courier.round()).toBe(1);
    expect(port.taken).toMatchObject([{ txn: reported.txn }]);
    expect(JSON.stringify(port.taken)).not.toMatch(new RegExp(personId));
    await makeDue();
    expect(await courier.round()).toBe(1);
    const [own] = await of('harbor', reported.txn);
    expect(own?.deliveredAt).toBeDefined();
    await notices.acknowledge(own?.noticeId ?? '', claimsOf('harbor'));
    await makeDue();
    expect(await courier.round()).toBe(0);
    expect(port.taken).toHaveLength(2);
  });

  it('are sent once by two that look at the same time', async () => {
    await notices.issue(delivery(), report(['harbor']));
    const other = new NoticeCourier(schema.pool, port, { warn: () => undefined } as unknown as PinoLogger);
    await Promise.all([courier.round(), other.round()]);
    expect(port.taken).toHaveLength(1);
  });
});
