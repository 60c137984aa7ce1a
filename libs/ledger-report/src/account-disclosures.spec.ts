import { purposes } from '@hie/purpose-of-use';

import { type PlacedEntry, accountCsv, accountDisclosures, accountingStanding, csvCell, whatOf } from './index.js';
import { asked, assembled, decided, stepEntry } from './sample-entries.fixture.js';

const placed = (...entries: readonly PlacedEntry['entry'][]): PlacedEntry[] =>
  entries.map((entry, index) => ({ entry, place: { index, leafHash: Buffer.alloc(32, index) } }));
const late = {
  ...assembled,
  at: '2026-01-02T03:04:09.000Z',
  details: {
    stage: 'late',
    members: ['eastend', 'harbor'],
    given: ['AllergyIntolerance=2', 'Condition=4', 'Device=1'],
  },
};

describe('an accounting of disclosures', () => {
  it('has one line a transaction, with recipient, what, why, and where it stands', () => {
    const [line, ...more] = accountDisclosures(placed(late, asked, decided, assembled));
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      ...{ date: assembled.at, until: late.at, txn: assembled.txn, purpose: 'ETREAT', rule: 'directive.permit' },
      recipient: { memberId: 'mercy-general', clientId: 'mercy-general-emr', userId: 'clinician-17' },
      kinds: ['AllergyIntolerance', 'Condition', 'Device'],
      counts: { AllergyIntolerance: 2, Condition: 4, Device: 1 },
      sources: ['eastend', 'harbor', 'northside'],
      consentVersion: 'Consent/7/_history/2',
      isPartlyDestroyed: false,
    });
    expect(line?.recipient).not.toHaveProperty('address');
    expect(line?.entries.map(({ index }) => index)).toEqual([0, 3]);
  });

  it.each<[string, PlacedEntry['entry'][], string]>([
    ['what the answer held', [asked, assembled], 'AllergyIntolerance (1); Condition (4)'],
    [
      'the same by the patient’s key alone, which opens no question',
      [assembled],
      'AllergyIntolerance (1); Condition (4)',
    ],
    ['that nothing was found', [asked, { ...assembled, details: { given: [] } }], 'that no record was found'],
    [
      'what was asked for, where the answer does not say',
      [asked, { ...assembled, details: {} }],
      'AllergyIntolerance; MedicationRequest',
    ],
    ['that it was not recorded', [{ ...assembled, details: {} }], 'not recorded'],
  ])('says %s', (_what, entries, expected) => {
    const [line] = accountDisclosures(placed(...entries));
    expect(whatOf(line!)).toBe(expected);
  });

  it.each(['denied', 'empty', 'failed'])('leaves out what was %s: nothing was disclosed', (outcome) => {
    expect(accountDisclosures(placed(asked, decided, { ...assembled, outcome }))).toEqual([]);
  });

  it('goes from the oldest to the newest', () => {
    const earlier = stepEntry('answer.assembled', {
      txn: '00000000-0000-4000-8000-000000000000',
      at: '2025-12-31T00:00:00Z',
    });
    expect(accountDisclosures(placed(assembled, earlier)).map(({ date }) => date)).toEqual([earlier.at, assembled.at]);
  });

  it('says that details were destroyed', () => {
    const { details, ...destroyed } = assembled;
    expect(details).toBeDefined();
    const [line] = accountDisclosures(placed(destroyed));
    expect(line).toMatchObject({ isPartlyDestroyed: true, kinds: [], sources: [] });
    expect(accountCsv([line!])).toContain('details destroyed');
  });
});

describe('the standing of a disclosure', () => {
  it('is exempt for treatment, payment, operations and the individual, and for no other purpose', () => {
    const exempt = purposes.filter((purpose) => accountingStanding(purpose).kind === 'exempt');
    expect([...exempt].sort()).toEqual(['BTG', 'COC', 'ETREAT', 'HOPERAT', 'HPAYMT', 'PATRQT', 'TREAT']);
    expect(accountingStanding('PATRQT')).toMatchObject({ paragraph: '164.528(a)(1)(ii)' });
  });

  it.each([undefined, '', 'treat', 'HRESCH', 'constructor'])('counts %s', (purpose) => {
    expect(accountingStanding(purpose)).toEqual({ kind: 'accountable' });
  });
});

describe('a CSV', () => {
  // Each of these would be run by a spreadsheet that opens the file.
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
    ['plain', 'plain'],
    ['', ''],
  ])('writes %j as %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('has a header and a line each, ended by CR LF, and no cell that begins a formula', () => {
    const requester = { memberId: '=cmd|calc', clientId: '@x', userId: '+1' };
    const csv = accountCsv(accountDisclosures(placed(asked, decided, { ...assembled, requester, reason: '-rule' })));
    expect(csv.split('\r\n')).toHaveLength(3);
    expect(csv.endsWith('\r\n')).toBe(true);
    expect(csv).not.toMatch(/(^|,|\n)"?[=+\-@]/);
    expect(csv.split('\r\n')[0]?.split(',').slice(0, 3)).toEqual(['Date', 'Last given', 'Recipient']);
  });

  it('calls members by their names where they are known, and by their ids beside', () => {
    const [line] = accountDisclosures(placed(asked, decided, assembled));
    const known = {
      ...line!,
      recipient: { ...line!.recipient, name: 'Mercy General' },
      sourceNames: ['Harbor Clinic'],
    };
    expect(accountCsv([known])).toContain(',Mercy General,mercy-general,');
    expect(accountCsv([known])).toContain(',Harbor Clinic,');
    expect(accountCsv([line!])).toContain(',mercy-general,mercy-general,');
  });
});
