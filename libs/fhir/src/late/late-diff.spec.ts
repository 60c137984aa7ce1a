import fc from 'fast-check';

import { allergy, answer, order, problem, rxnorm, snomed, verified, words } from '../merge/record-builders.fixture.js';
import { mergeRecords } from '../merge/merge-records.js';
import { type LateChange, lateDiff } from './late-diff.js';

const early = (...resources: unknown[]): ReturnType<typeof answer> => answer('Early', resources);
const late = (...resources: unknown[]): ReturnType<typeof answer> =>
  answer('Late', resources, { retrievedAt: '2026-03-01T08:00:09.000Z' });
const changes = (before: unknown[], after: unknown[]): LateChange[] =>
  lateDiff(mergeRecords([early(...before)]), mergeRecords([early(...before), late(...after)]));
const brief = (given: LateChange[]): unknown[] => given.map(({ code, urgency, title }) => [code, urgency, title]);

const drug = { category: ['medication' as const] };
const none = allergy('n', snomed('716186003', 'No known allergy'));
const device = {
  resourceType: 'Device',
  id: 'd',
  type: words('Cardiac pacemaker'),
  patient: { reference: 'Patient/p1' },
};

describe('lateDiff', () => {
  it.each<[name: string, before: unknown[], after: unknown[], expected: unknown[]]>([
    ['nothing new', [allergy('1', words('Latex'))], [], []],
    ['the same from another source', [allergy('1', words('Latex'))], [allergy('2', words('Latex'))], []],
    [
      'a severe allergy',
      [],
      [allergy('1', words('Latex'), { criticality: 'high' })],
      [['allergy-new', 'alert', 'Latex']],
    ],
    [
      'a drug allergy nobody graded',
      [],
      [allergy('1', words('Penicillin'), drug)],
      [['allergy-new', 'alert', 'Penicillin']],
    ],
    [
      'a mild drug allergy',
      [],
      [allergy('1', words('Penicillin'), { ...drug, criticality: 'low' })],
      [['allergy-new', 'wait', 'Penicillin']],
    ],
    [
      'pollen',
      [],
      [allergy('1', words('Grass pollen'), { category: ['environment'] })],
      [['allergy-new', 'wait', 'Grass pollen']],
    ],
    [
      'pollen, after "none known" was shown',
      [none],
      [allergy('1', words('Grass pollen'))],
      [['allergy-new', 'alert', 'Grass pollen']],
    ],
    [
      'a known allergy that turns out to be severe',
      [allergy('1', words('Penicillin'), { criticality: 'low' })],
      [allergy('2', rxnorm('723', 'Amoxicillin'), { criticality: 'high' })],
      [['allergy-worse', 'alert', 'Penicillins (Penicillin; Amoxicillin)']],
    ],
    [
      'a refutation of what was shown',
      [allergy('1', words('Latex'), { criticality: 'high' })],
      [allergy('2', words('Latex'), { verificationStatus: verified('refuted') })],
      [['allergy-disputed', 'wait', 'Latex']],
    ],
    ['an anticoagulant', [], [order('1', words('Apixaban'))], [['medication-new', 'alert', 'Apixaban']]],
    [
      'an anticoagulant of the past',
      [],
      [order('1', words('Apixaban'), { status: 'stopped' })],
      [['medication-new', 'wait', 'Apixaban']],
    ],
    ['another medication', [], [order('1', words('Loratadine'))], [['medication-new', 'wait', 'Loratadine']]],
    [
      'an anticoagulant that is taken after all',
      [order('1', words('Warfarin'), { status: 'stopped' })],
      [order('2', words('Coumadin'))],
      [['medication-current-after-all', 'alert', 'Warfarin (Coumadin; Warfarin)']],
    ],
    [
      'another dose of it',
      [order('1', words('Warfarin 5 mg'))],
      [order('2', words('Warfarin 2 mg'))],
      [['medication-doses-differ', 'alert', 'Warfarin (Warfarin 2 mg; Warfarin 5 mg)']],
    ],
    [
      'a problem that matters',
      [],
      [problem('1', words('Atrial fibrillation'))],
      [['problem-new', 'alert', 'Atrial fibrillation']],
    ],
    ['another problem', [], [problem('1', words('Sprain of ankle'))], [['problem-new', 'wait', 'Sprain of ankle']]],
    ['an implant', [], [device], [['device-new', 'alert', 'Cardiac pacemaker']]],
  ])('%s', (_name, before, after, expected) => {
    expect(brief(changes(before, after))).toEqual(expected);
  });

  it('puts alerts first, and says who knows it', () => {
    const given = changes([], [order('1', words('Loratadine')), allergy('1', words('Latex'), { criticality: 'high' })]);
    expect(given.map(({ urgency, by }) => [urgency, by])).toEqual([
      ['alert', ['Late']],
      ['wait', ['Late']],
    ]);
  });

  it('tells that an entry was withdrawn by its own source', () => {
    const version = (lastUpdated: string, status: string): unknown => ({
      ...allergy('1', words('Latex'), { verificationStatus: verified(status) }),
      meta: { lastUpdated },
    });
    const before = mergeRecords([early(version('2026-01-01T00:00:00Z', 'confirmed'))]);
    const after = mergeRecords([
      early(version('2026-01-01T00:00:00Z', 'confirmed')),
      early(version('2026-02-01T00:00:00Z', 'entered-in-error')),
    ]);
    expect(brief(lateDiff(before, after))).toEqual([['entry-withdrawn', 'wait', 'Latex']]);
  });

  it('alerts to an allergy that nothing names, from a member that may not be named either', () => {
    const hidden = (...resources: unknown[]): ReturnType<typeof answer> =>
      answer('Hidden', resources, { discloses: true });
    const mild = allergy('1', {}, { criticality: 'low' });
    const severe = allergy('2', {}, { criticality: 'high' });
    const given = lateDiff(mergeRecords([hidden(mild)]), mergeRecords([hidden(mild, severe)]));
    expect(brief(given)).toEqual([['allergy-new', 'alert', 'Allergy to something not stated']]);
  });

  it('is empty between an answer and itself, and never silent about a severe allergy', () => {
    const one = fc.constantFrom(
      allergy('1', words('Latex'), { criticality: 'high' }),
      allergy('2', rxnorm('723', 'Amoxicillin')),
      allergy('3', {}, { criticality: 'high' }),
      none,
      order('4', words('Apixaban')),
      problem('5', {}),
      device,
    );
    fc.assert(
      fc.property(fc.uniqueArray(one), fc.uniqueArray(one), (before, after) => {
        const shown = mergeRecords([early(...before)]);
        const now = mergeRecords([early(...before), late(...after)]);
        expect(lateDiff(now, now)).toEqual([]);
        const alerted = lateDiff(shown, now)
          .filter(({ urgency }) => urgency === 'alert')
          .map(({ key }) => key);
        for (const { key, tokens, grade } of now.allergies.filter((item) => item.grade === 'severe')) {
          const wasShown = shown.allergies.some(
            (item) => item.grade === grade && (item.key === key || item.tokens.some((token) => tokens.includes(token))),
          );
          if (!wasShown) expect(alerted).toContain(key);
        }
      }),
    );
  });
});
