import fc from 'fast-check';

import { coverageOutcome } from './coverage-outcome.js';
import { type CoverageRow, coverageStatuses, type CoverageStatus, type HeldCoverageRow } from './coverage-row.js';
import { countCoverage, coverageStatement, isCoverageComplete } from './coverage-statement.js';
import { releaseCoverage } from './release-coverage.js';

const row = (
  name: string,
  status: CoverageStatus,
  counts: Record<string, number> = {},
  reason = 'complete',
): CoverageRow => ({
  memberId: name.toLowerCase().replaceAll(' ', '-'),
  name,
  status,
  reason,
  counts,
});

const held = (name: string, status: CoverageStatus, more: Partial<HeldCoverageRow> = {}): HeldCoverageRow => {
  const { discloses: _none, ...plain } = row(name, status);
  return { ...plain, discloses: false, ...more };
};

const statuses = Object.keys(coverageStatuses) as CoverageStatus[];

describe('coverageStatement', () => {
  it.each<[name: string, rows: CoverageRow[], type: string | undefined, statement: string]>([
    ['nobody asked', [], undefined, 'No source was asked: what others hold about this patient is not known.'],
    ['everybody answered', [row('A', 'answered'), row('B', 'no-record')], undefined, '2 of 2 sources answered.'],
    [
      'two are quiet, each for its reason',
      [row('A', 'answered'), row('Harbor', 'timed-out'), row('Lakeside', 'denied'), row('B', 'answered')],
      undefined,
      '2 of 4 sources answered. Harbor did not answer in time; Lakeside may not disclose.',
    ],
    [
      'an answer that leaves allergies out is no answer about allergies',
      [row('A', 'answered', { AllergyIntolerance: 0 }), row('B', 'answered', { Condition: 2 }, 'partial')],
      'AllergyIntolerance',
      '1 of 2 sources answered. B answered only in part.',
    ],
    ['one source', [row('A', 'failed')], undefined, '0 of 1 source answered. A failed to answer.'],
    [
      'the requester itself is no source',
      [row('A', 'answered'), row('Own', 'not-asked', {}, 'own-record')],
      undefined,
      '1 of 1 source answered.',
    ],
  ])('%s', (_name, rows, type, statement) => {
    expect(coverageStatement(rows, type)).toBe(statement);
  });

  it('names at most six clauses', () => {
    const rows = Array.from({ length: 9 }, (_, at) => row(`H${at}`, 'timed-out'));
    expect(coverageStatement(rows)).toMatch(/H4 did not answer in time; and 4 more\.$/);
  });
});

describe('isCoverageComplete', () => {
  it('is not complete when nobody was asked: silence is no answer', () => {
    expect(isCoverageComplete([])).toBe(false);
    expect(isCoverageComplete([row('Own', 'not-asked', {}, 'own-record')])).toBe(false);
  });

  it.each(statuses)('a lone %s source', (status) => {
    const looked = ['answered', 'no-record', 'filtered'].includes(status);
    expect(isCoverageComplete([row('A', status)])).toBe(looked);
    expect(countCoverage([row('A', status)])).toEqual({ looked: looked ? 1 : 0, sources: 1 });
  });
});

describe('releaseCoverage', () => {
  it('leaves out a member whose mention would disclose, in rows, numbers and sentence', () => {
    const rows = releaseCoverage(
      [held('Mercy', 'answered'), held('Recovery Clinic', 'timed-out', { discloses: true })],
      { mayTellWithheld: true },
    );
    expect(rows.map(({ name }) => name)).toEqual(['Mercy']);
    expect(coverageStatement(rows)).toBe('1 of 1 source answered.');
    expect(JSON.stringify([rows, coverageOutcome(rows)])).not.toMatch(/recovery|discloses/i);
  });

  it('says that something was withheld only where it may', () => {
    const filtered = held('Mercy', 'filtered', {
      reason: 'labels-withheld',
      counts: { AllergyIntolerance: 1, Condition: 0 },
      withheldTypes: ['Condition'],
    });
    expect(releaseCoverage([filtered], { mayTellWithheld: true })[0]).toMatchObject({
      status: 'filtered',
      reason: 'labels-withheld',
      counts: { AllergyIntolerance: 1 },
    });
    const [silent] = releaseCoverage([filtered], { mayTellWithheld: false });
    expect(silent).toEqual({
      memberId: 'mercy',
      name: 'Mercy',
      status: 'answered',
      reason: 'partial',
      counts: { AllergyIntolerance: 1 },
    });
    expect(coverageStatement([silent!], 'Condition')).toBe('0 of 1 source answered. Mercy answered only in part.');
  });

  it('does not depend on the order in which members answered', () => {
    const someRows = fc.array(
      fc.record({ name: fc.string(), status: fc.constantFrom(...statuses), discloses: fc.boolean() }),
    );
    fc.assert(
      fc.property(someRows, (rows) => {
        const rowsHeld = rows.map((one, at) =>
          held(one.name, one.status, { discloses: one.discloses, memberId: `m${at}` }),
        );
        const policy = { mayTellWithheld: true };
        expect(releaseCoverage(rowsHeld.toReversed(), policy)).toEqual(releaseCoverage(rowsHeld, policy));
        expect(releaseCoverage(rowsHeld, policy)).toHaveLength(rowsHeld.filter((one) => !one.discloses).length);
      }),
    );
  });
});

describe('coverageOutcome', () => {
  it('says the whole first, then one issue a member with its codes', () => {
    const outcome = coverageOutcome([row('Mercy', 'answered'), row('Harbor', 'timed-out', {}, 'deadline-passed')]);
    expect(outcome.issue.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'incomplete'],
      ['information', 'informational'],
      ['warning', 'timeout'],
    ]);
    expect(outcome.issue[2]).toEqual({
      extension: [
        {
          url: 'https://hie.example/fhir/StructureDefinition/coverage-member',
          valueIdentifier: { system: 'https://hie.example/fhir/NamingSystem/member', value: 'harbor' },
        },
      ],
      severity: 'warning',
      code: 'timeout',
      details: {
        coding: [
          { system: 'https://hie.example/fhir/CodeSystem/coverage-status', code: 'timed-out' },
          { system: 'https://hie.example/fhir/CodeSystem/coverage-reason', code: 'deadline-passed' },
        ],
        text: 'Harbor did not answer in time: the deadline came first.',
      },
    });
  });

  it('is only informational when every source has been looked at', () => {
    const outcome = coverageOutcome([row('Mercy', 'answered'), row('Harbor', 'no-record', {}, 'patient-not-known')]);
    expect(outcome.issue.every(({ severity }) => severity === 'information')).toBe(true);
  });
});
