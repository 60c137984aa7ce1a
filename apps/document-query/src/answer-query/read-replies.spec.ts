import type { Custodian } from '@hie/contracts';

import type { CustodianReplies, MemberReply } from './member-reply.js';
import { readReplies } from './read-replies.js';

const number = { system: 'urn:oid:2.999.1.1', value: 'M-1' };
const SENSITIVE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode|PSY';

const patient = { resourceType: 'Patient', id: 'p1', identifier: [number] };
const condition = (id: string, more: object = {}) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/p1' },
  code: { text: 'Asthma' },
  ...more,
});
const labelled = { meta: { security: [{ system: SENSITIVE.split('|')[0], code: 'PSY' }] } };
/** Nested deeper than anything that is read. */
const bottomless = (depth = 200): object => (depth === 0 ? {} : { extension: [bottomless(depth - 1)] });

const answered = (resources: readonly unknown[], failedTypes: readonly string[] = []): MemberReply => ({
  kind: 'answered',
  answer: {
    resources,
    answeredTypes: ['AllergyIntolerance', 'Condition'].filter((type) => !failedTypes.includes(type)),
    failedTypes,
    nextPages: [],
  },
  elapsedMs: 10,
  retrievedAt: '2026-01-01T00:00:00.000Z',
});

const from = (replies: readonly MemberReply[], more: Partial<Custodian> = {}): CustodianReplies => ({
  custodian: { memberId: 'harbor', instruction: 'ask', discloses: false, records: [number], ...more } as Custodian,
  name: 'Harbor',
  replies,
});
const rowOf = (replies: readonly MemberReply[], labels: readonly string[] = []) =>
  readReplies([from(replies)], labels).rows[0];

describe('a custodian’s row', () => {
  it('is complete when every search was answered and everything could be read', () => {
    expect(rowOf([answered([patient, condition('1')])])).toMatchObject({
      status: 'answered',
      reason: 'complete',
      counts: { AllergyIntolerance: 0, Condition: 1 },
    });
  });

  it.each<[what: string, spoilt: unknown, counts: Record<string, number>]>([
    ['too deep to look through', condition('2', bottomless()), { AllergyIntolerance: 0 }],
    ['malformed where it matters', condition('2', { code: 'asthma' }), { AllergyIntolerance: 0 }],
    ['about nobody', condition('2', { subject: undefined }), { AllergyIntolerance: 0 }],
    ['no resource at all', 'asthma', { AllergyIntolerance: 0, Condition: 1 }],
  ])('is partial when a resource is %s, and its type counts as not looked at', (_what, spoilt, counts) => {
    const row = rowOf([answered([patient, condition('1'), spoilt])]);
    expect(row).toMatchObject({ status: 'answered', reason: 'partial' });
    expect(row?.counts).toEqual(counts);
  });

  it('counts what is left beside something unreadable of another type', () => {
    const allergy = { ...condition('a', bottomless()), resourceType: 'AllergyIntolerance' };
    const row = rowOf([answered([patient, condition('1'), condition('2'), allergy])]);
    expect(row).toMatchObject({ reason: 'partial', counts: { Condition: 2 } });
    expect(row?.counts).not.toHaveProperty('AllergyIntolerance');
  });

  it('is filtered when something was withheld', () => {
    const resources = [patient, condition('1'), condition('2', labelled)];
    expect(rowOf([answered(resources)], [SENSITIVE])).toMatchObject({
      status: 'filtered',
      reason: 'labels-withheld',
      withheldTypes: ['Condition'],
    });
  });

  it.each<[what: string, replies: readonly MemberReply[]]>([
    ['a search failed', [answered([patient, condition('2', labelled)], ['AllergyIntolerance'])]],
    [
      'a round failed',
      [
        answered([patient, condition('2', labelled)]),
        { kind: 'failed', status: 'timed-out', reason: 'deadline-passed', elapsedMs: 1 },
      ],
    ],
    ['something could not be read', [answered([patient, condition('2', labelled), condition('3', bottomless())])]],
    [
      'something was about somebody else',
      [answered([patient, condition('2', labelled), condition('3', { subject: { reference: 'Patient/p9' } })])],
    ],
  ])('stays filtered and is partial too when %s', (_what, replies) => {
    expect(rowOf(replies, [SENSITIVE])).toMatchObject({ status: 'filtered', reason: 'partial' });
  });

  it('is failed when everything was about somebody else', () => {
    const strangers = ['1', '2'].map((id) => condition(id, { subject: { reference: 'Patient/p9' } }));
    expect(rowOf([answered(strangers)])).toMatchObject({ status: 'failed', reason: 'wrong-patient', counts: {} });
  });

  it('is no record when the member answered everything with nothing, but not when a search failed', () => {
    expect(rowOf([answered([])])).toMatchObject({ status: 'no-record', reason: 'patient-not-known' });
    expect(rowOf([answered([], ['Condition'])])).toMatchObject({ status: 'answered', reason: 'partial' });
  });
});
