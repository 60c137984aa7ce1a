import fc from 'fast-check';

import type { CoverageRow, CoverageStatus } from '../manifest/coverage-row.js';
import {
  allergy,
  allergyStatus,
  answer,
  order,
  patient,
  problem,
  rxnorm,
  snomed,
  verified,
  words,
} from '../merge/record-builders.fixture.js';
import { mergeRecords } from '../merge/merge-records.js';
import type { SourceAnswer } from '../merge/source-answer.js';
import { lateDiff } from '../late/late-diff.js';
import { arrivalCards } from './arrival-cards.js';
import type { Card, CardContext } from './card.js';
import { lateCards } from './late-cards.js';

const row = (
  name: string,
  status: CoverageStatus,
  counts: Record<string, number> = {},
  reason = 'complete',
): CoverageRow => ({
  memberId: name.toLowerCase(),
  name,
  status,
  reason,
  counts,
});
const bothAnswered = [
  row('St. Mary', 'answered', { AllergyIntolerance: 1, Condition: 0 }),
  row('Harbor', 'answered', { AllergyIntolerance: 1 }),
];

const context = (answers: SourceAnswer[], coverage: CoverageRow[] = bothAnswered): CardContext => ({
  record: mergeRecords(answers),
  coverage,
  queryUrl: 'https://hie.example/queries/42',
  source: { label: 'Health Information Exchange', url: 'https://hie.example' },
  receipt: { index: 17, proofUrl: 'https://ledger.example/proof/17' },
  uuidOf: (name) => `uuid of ${name}`,
});
const cards = (answers: SourceAnswer[], coverage?: CoverageRow[]): Card[] => arrivalCards(context(answers, coverage));
const brief = (given: Card[]): [string, string, string][] =>
  given.map(({ indicator, summary, source }) => [indicator, source.topic.code ?? '', summary]);

const anaphylaxis = {
  criticality: 'high' as const,
  reaction: [{ manifestation: [snomed('39579001', 'Anaphylaxis')], severity: 'severe' as const }],
};

describe('arrivalCards', () => {
  it('tells the story: the severe allergy, the heart medications, the conflict, the coverage', () => {
    const given = cards([
      answer('St. Mary', [
        allergy('a1', snomed('91936005', 'Allergy to penicillin'), {
          ...anaphylaxis,
          recordedDate: '2019-05-04T10:00:00Z',
        }),
      ]),
      answer('Harbor', [
        allergy('n', snomed('716186003', 'No known allergy')),
        order('w', rxnorm('855332', 'Warfarin Sodium 5 MG Oral Tablet'), {
          dosageInstruction: [{ text: '1 tablet daily' }],
        }),
        order('b', words('Metoprolol tartrate 25 mg')),
        problem('af', snomed('49436004', 'Atrial fibrillation')),
      ]),
    ]);
    expect(brief(given)).toEqual([
      ['critical', 'severe-allergy', 'Severe allergy: Allergy to penicillin: Anaphylaxis (sources disagree). St. Mary'],
      ['warning', 'anticoagulants', 'Anticoagulants and antiplatelet drugs: Warfarin Sodium 5 MG Oral Tablet'],
      ['warning', 'heart-medications', 'Heart medications: Metoprolol tartrate 25 mg'],
      ['warning', 'problems', 'Problems: Atrial fibrillation'],
      ['info', 'coverage', '2 of 2 sources answered'],
    ]);
    expect(given[0]).toMatchObject({
      source: {
        label: 'Health Information Exchange',
        url: 'https://hie.example',
        topic: { code: 'severe-allergy', display: 'Severe allergy' },
      },
      links: [{ label: 'Open the full answer', url: 'https://hie.example/queries/42', type: 'absolute' }],
    });
    expect(given[0]?.detail).toBe(
      [
        '**Allergy to penicillin**',
        '- **St. Mary** (recorded 2019-05-04, fetched 2026-03-01 08:00 UTC): Allergy to penicillin \\[SNOMED CT 91936005\\]; criticality high; Anaphylaxis (severe); active',
        '- **Conflict:** **Harbor** (fetched 2026-03-01 08:00 UTC) records "no known allergies".',
        'For allergies, 2 of 2 sources answered.',
      ].join('\n\n'),
    );
    expect(given.at(-1)?.detail).toContain(
      'This disclosure is entry 17 of the ledger ([proof](<https://ledger.example/proof/17>)).',
    );
  });

  it.each<[name: string, coverage: CoverageRow[], resources: unknown[], expected: unknown[]]>([
    ['nothing found anywhere', bothAnswered, [], ['info', 'allergies', 'No allergy found: 2 of 2 sources answered']],
    [
      'nothing found, and one source quiet',
      [row('St. Mary', 'answered', { AllergyIntolerance: 0 }), row('Harbor', 'timed-out')],
      [],
      ['warning', 'allergies', 'No allergy found: 1 of 2 sources answered, not Harbor'],
    ],
    [
      '"none known", said by one of two',
      [row('St. Mary', 'answered', { AllergyIntolerance: 1 }), row('Harbor', 'denied')],
      [allergy('n', snomed('716186003'))],
      ['warning', 'allergies', 'No known allergies, says St. Mary: 1 of 2 sources answered, not Harbor'],
    ],
    [
      'a source that left allergies out',
      [row('St. Mary', 'answered', { Condition: 0 }, 'partial')],
      [],
      ['warning', 'allergies', 'Allergies are not known: 0 of 1 source answered, not St. Mary'],
    ],
    ['nobody asked', [], [], ['warning', 'allergies', 'Allergies are not known: 0 of 0 sources answered']],
    [
      'only a refuted one',
      bothAnswered,
      [allergy('r', words('Latex'), { verificationStatus: verified('refuted'), ...anaphylaxis })],
      ['info', 'allergies', 'No allergy found: 2 of 2 sources answered'],
    ],
  ])(
    'never says that there are no allergies without saying on how many answers that rests: %s',
    (_name, coverage, resources, expected) => {
      const given = cards([answer('St. Mary', resources)], coverage);
      expect(brief(given)).toContainEqual(expected);
      expect(given.some(({ indicator }) => indicator === 'critical')).toBe(false);
    },
  );

  it('shows a refuted allergy as such, and does not alarm', () => {
    const refuted = allergy('r', words('Latex'), { verificationStatus: verified('refuted'), ...anaphylaxis });
    const given = cards([answer('St. Mary', [refuted])]);
    expect(given.find(({ source }) => source.topic.code === 'allergies')?.detail).toContain('Latex, refuted');
    expect(given.map(({ indicator }) => indicator)).not.toContain('critical');
  });

  it('does not alarm for a severe allergy that every source calls resolved, and still shows it', () => {
    const given = cards([
      answer('St. Mary', [allergy('1', words('Latex'), { ...anaphylaxis, clinicalStatus: allergyStatus('resolved') })]),
    ]);
    expect(brief(given)[0]).toEqual(['warning', 'allergies', 'Allergies: Latex (resolved)']);
  });

  it('keeps a summary short however much there is to sum up', () => {
    const many = ['Grass', 'Birch', 'Hazel', 'Alder'].map((tree, at) =>
      allergy(`${at}`, words(`${tree} pollen of the particularly long-named kind`)),
    );
    const [first] = cards([answer('St. Mary', many)]);
    expect(first?.summary).toMatch(/^Allergies: Alder pollen .*…$/);
    expect(first?.summary.length).toBeLessThan(140);
  });

  it('says of medications what is on hold, what differs and what must not be given', () => {
    const given = cards([
      answer('St. Mary', [
        order('1', words('Warfarin 5 mg')),
        order('3', words('Digoxin'), { status: 'on-hold' }),
        order('4', words('Aspirin'), { doNotPerform: true }),
        order('5', words('Insulin glargine')),
        order('6', words('Loratadine')),
        order('7', words('Omeprazole'), { status: 'stopped' }),
      ]),
      answer('Harbor', [order('2', words('Coumadin 2 mg')), order('9', words('Loratadine'), { status: 'stopped' })]),
    ]);
    expect(brief(given).filter(([, topic]) => topic.includes('medications') || topic === 'anticoagulants')).toEqual([
      ['warning', 'prohibited-medications', 'Medications not to be given: Aspirin'],
      ['warning', 'anticoagulants', 'Anticoagulants and antiplatelet drugs: Warfarin (doses differ)'],
      ['warning', 'heart-medications', 'Heart medications: Digoxin (on hold)'],
      ['warning', 'high-alert-medications', 'High-alert medications: Insulin glargine'],
      ['info', 'medications', 'Medications: Loratadine (sources disagree)'],
    ]);
    expect(given.find(({ source }) => source.topic.code === 'medications')?.detail).toContain(
      '**Sources disagree on whether it is taken:** stopped (Harbor); active (St. Mary).',
    );
  });

  it('names several medications by their ingredients, and the worst reaction first', () => {
    const rash = [{ manifestation: [words('Rash')] }];
    const given = cards([
      answer('Harbor', [
        order('1', words('24 HR metoprolol succinate 50 MG Extended Release Oral Tablet')),
        order('2', words('Digoxin 0.125 MG Oral Tablet')),
        allergy('3', words('Amoxicillin'), { reaction: rash }),
      ]),
      answer('St. Mary', [allergy('4', words('Penicillin'), anaphylaxis)]),
    ]);
    expect(brief(given).slice(0, 2)).toEqual([
      ['critical', 'severe-allergy', 'Severe allergy: Penicillins: Anaphylaxis, Rash. Harbor and St. Mary'],
      ['warning', 'heart-medications', 'Heart medications: metoprolol and digoxin'],
    ]);
  });

  it('says which sources did not answer, and what was not shown', () => {
    const given = cards(
      [
        answer('St. Mary', [
          { ...allergy('1', {}), code: 'penicillin' },
          allergy('2', words('Latex'), { patient: { reference: 'Patient/p2' } }),
        ]),
      ],
      [
        row('St. Mary', 'answered', { AllergyIntolerance: 2 }),
        row('Harbor', 'timed-out', {}, 'deadline-passed'),
        row('Lakeside', 'denied'),
      ],
    );
    const coverage = given.find(({ source }) => source.topic.code === 'coverage');
    expect(coverage).toMatchObject({
      indicator: 'warning',
      summary: '2 of 3 sources did not answer: Harbor and Lakeside; 2 entries not shown',
    });
    expect(coverage?.detail).toContain('**Harbor** did not answer in time: the deadline came first');
    expect(coverage?.detail).toContain('- **St. Mary** sent an entry (AllergyIntolerance) that can not be read');
    expect(coverage?.detail).toContain('- **St. Mary** sent an entry (AllergyIntolerance) about another patient');
  });

  it('names directives as a warning and implants as information', () => {
    const device = {
      resourceType: 'Device',
      id: 'd',
      type: words('Cardiac pacemaker'),
      patient: { reference: 'Patient/p1' },
    };
    const scope = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'adr' }] };
    const directive = {
      resourceType: 'Consent',
      id: 'c',
      status: 'active',
      scope,
      category: [words('Do not resuscitate')],
      patient: { reference: 'Patient/p1' },
    };
    const given = brief(cards([answer('St. Mary', [device, directive, patient('p1')])]));
    expect(given).toContainEqual(['warning', 'advance-directives', 'Advance directives: Do not resuscitate']);
    expect(given).toContainEqual(['info', 'implants', 'Implants: Cardiac pacemaker']);
  });

  it('shows the text of a member as text, whatever Markdown it holds', () => {
    const hostile = words(
      '[click](https://evil.example) ![x](https://evil.example/p.png) <b>\n# Not allergic\n&#8238;www.evil.example',
    );
    const { detail, summary } = cards([answer('St. *Mary*', [allergy('1', hostile, anaphylaxis)])])[0]!;
    expect(detail).toContain('\\[click\\](https\\://evil.example) \\!\\[x\\]');
    expect(detail).toContain('\\<b\\> \\# Not allergic \\&\\#8238;www\\.evil');
    expect(detail).toContain('**St. \\*Mary\\***');
    expect(summary).not.toContain('\n');
  });

  it('refuses to make a link that is not absolute', () => {
    expect(() => arrivalCards({ ...context([]), queryUrl: '/queries/42' })).toThrow(RangeError);
  });

  it('keeps to the specification whatever members send: summaries under 140, a source, an absolute link, stable ids', () => {
    const name = fc.string({ maxLength: 200, unit: 'grapheme' });
    const entry = fc.oneof(
      name.map((text) => allergy('a', words(text), anaphylaxis)),
      name.map((text) => order('o', words(text))),
      name.map((text) => problem('p', words(text))),
    );
    const rows = fc.array(
      fc.record({ name, status: fc.constantFrom<CoverageStatus[]>('answered', 'timed-out', 'denied') }),
    );
    fc.assert(
      fc.property(fc.array(entry), rows, (entries, given) => {
        const made = context(
          [answer('St. Mary', entries)],
          given.map((one) => row(one.name, one.status)),
        );
        const all = arrivalCards(made);
        expect(arrivalCards(made)).toEqual(all);
        expect(new Set(all.map(({ uuid }) => uuid)).size).toBe(all.length);
        for (const { summary, links, source, indicator } of all) {
          expect(summary.length).toBeLessThan(140);
          expect(summary.length).toBeGreaterThan(0);
          expect(['info', 'warning', 'critical']).toContain(indicator);
          expect(source.label).not.toBe('');
          expect(links.every(({ url, type }) => type === 'absolute' && url.startsWith('https://'))).toBe(true);
        }
        expect(all.filter(({ source }) => source.topic.code === 'coverage')).toHaveLength(1);
      }),
    );
  });
});

describe('lateCards', () => {
  it('is critical for a severe allergy, and silent on what can wait', () => {
    const early = answer('St. Mary', []);
    const late = answer('Harbor', [
      allergy('1', words('Latex'), anaphylaxis),
      order('2', words('Apixaban')),
      order('3', words('Loratadine')),
    ]);
    const made = context([early, late]);
    const given = lateCards(made, lateDiff(mergeRecords([early]), made.record));
    expect(brief(given)).toEqual([
      ['critical', 'late-result', 'Late result. New allergy: Latex. Harbor'],
      ['warning', 'late-result', 'Late result. New medication: Apixaban. Harbor'],
    ]);
  });
});
