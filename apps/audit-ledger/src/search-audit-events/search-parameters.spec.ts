import { readFileSync } from 'node:fs';

import { type Criterion } from './entry-criteria.js';
import { type AuditSearch, readAuditSearch, searchedParameters } from './search-parameters.js';

const read = (query: string) => readAuditSearch([...new URLSearchParams(query)]);
const searchOf = (query: string): AuditSearch => {
  const answer = read(query);
  if (!answer.ok) throw new RangeError(answer.code);
  return answer.search;
};
const equal = (column: string, ...values: string[]): Criterion => ({
  kind: 'equals',
  anyOf: values.map((value) => ({ column, value })) as never,
});
const MEMBER = 'https://hie.example/fhir/NamingSystem/member';
const PSEUDONYM = 'https://hie.example/fhir/NamingSystem/ledger-patient';
const uuid = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';

describe('the parameters of an audit search', () => {
  it.each<[string, Criterion]>([
    [`_id=${uuid.toUpperCase()}`, equal('event_id', uuid)],
    [`patient.identifier=${PSEUDONYM}|${uuid}`, equal('patient', uuid)],
    [`entity.identifier=${uuid}`, equal('txn', uuid)],
    [`entity.identifier=${PSEUDONYM}|${uuid}`, equal('patient', uuid)],
    [`agent.identifier=${MEMBER}|mercy-general`, equal('member', 'mercy-general')],
    ['agent=Device/mercy-emr', equal('client', 'mercy-emr')],
    [
      'agent=Practitioner/u-1,Organization/mercy',
      {
        kind: 'equals',
        anyOf: [
          { column: 'user_id', value: 'u-1' },
          { column: 'member', value: 'mercy' },
        ],
      },
    ],
    ['source=consent', equal('service', 'consent')],
    [
      'address=2001:DB8:0:0::1',
      {
        kind: 'equals',
        anyOf: [
          { column: 'address', value: '2001:db8::1' },
          { column: 'service', value: '2001:DB8:0:0::1' },
        ],
      },
    ],
    ['purpose=http://terminology.hl7.org/CodeSystem/v3-ActReason|BTG,ETREAT', equal('purpose', 'BTG', 'ETREAT')],
    ['purpose=urn:other|BTG', equal('purpose')],
    ['outcome=0', equal('outcome', 'success', 'empty')],
    ['outcome=8', equal('outcome', 'denied', 'failed')],
    ['outcome=12', equal('outcome')],
    [
      'type=110106',
      { kind: 'actions', anyOf: ['answer.assembled', 'answer.read'].map((action) => ({ action, outcome: 'success' })) },
    ],
    ['type=urn:other|110106', { kind: 'actions', anyOf: [] }],
  ])('%s', (query, criterion) => {
    expect(searchOf(query).criteria).toEqual([criterion]);
  });

  it('a bare agent is looked for as member, client and person; a bare identifier as a service too', () => {
    expect(searchOf('agent=x').criteria[0]?.anyOf).toHaveLength(3);
    expect(searchOf('agent.identifier=x').criteria[0]?.anyOf).toHaveLength(4);
  });

  it('repeated are all to hold, parted by commas any', () => {
    const { criteria } = searchOf('date=ge2026-01-02&date=lt2026-01-03&action=R,E');
    expect(criteria.map(({ kind }) => kind)).toEqual(['date', 'date', 'actions']);
  });

  it('names the person of the handle that the gateway opened, and no parameter’s value among the names', () => {
    const search = searchOf(`patient=Patient/${uuid}&date=2026&_count=7&_cursor=abc`);
    expect(search).toMatchObject({ personIds: [uuid], count: 7, cursor: 'abc', names: ['patient', 'date', '_count'] });
  });

  it('gives at most 200 entries a page, and 50 unless told', () => {
    expect(searchOf('_count=1000000').count).toBe(200);
    expect(searchOf('').count).toBe(50);
  });

  it('looks for a Consent version among one patient’s entries, and not without', () => {
    expect(searchOf(`patient=Patient/${uuid}&entity=Consent/7/_history/2`).criteria).toEqual([
      { kind: 'consent', anyOf: ['Consent/7/_history/2'] },
    ]);
    expect(read('entity=Consent/7/_history/2')).toEqual({ ok: false, code: 'missing-parameter', parameter: 'patient' });
  });

  it.each<[string, string, string]>([
    ['patients=1', 'unsupported-parameter', 'patients'],
    ['date:missing=true', 'unsupported-parameter', 'date:missing'],
    ['constructor=1', 'unsupported-parameter', 'constructor'],
    ['__proto__=1', 'unsupported-parameter', '__proto__'],
    ['_sort=action', 'unsupported-parameter', '_sort'],
    ['date=yesterday', 'invalid-parameter', 'date'],
    ['date=', 'invalid-parameter', 'date'],
    ['_count=0', 'invalid-parameter', '_count'],
    ['_count=1e3', 'invalid-parameter', '_count'],
    ['patient=mallory', 'invalid-parameter', 'patient'],
    [`patient=Patient/${uuid}&patient=Patient/${uuid}`, 'invalid-parameter', 'patient'],
    ['patient.identifier=urn:x|1', 'invalid-parameter', 'patient.identifier'],
    ["entity.identifier=' or 1=1", 'invalid-parameter', 'entity.identifier'],
    ['entity=Patient/1', 'invalid-parameter', 'entity'],
    ['outcome=1', 'invalid-parameter', 'outcome'],
    ['type=|', 'invalid-parameter', 'type'],
    [`agent=${'x,'.repeat(65)}`, 'invalid-parameter', 'agent'],
    [`agent=${'x'.repeat(5_000)}`, 'invalid-parameter', 'agent'],
    ['_format=xml', 'not-acceptable', '_format'],
  ])('refuses %s as %s', (query, code, parameter) => {
    expect(read(query)).toEqual({ ok: false, code, parameter });
  });

  it('are those that the README lists', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const listed = [...readme.matchAll(/^\| `([_a-z.]+)`(?:, `([a-z.]+)`)? +\| (?:date|token|reference|string)/gm)];
    expect(listed.flatMap(([, ...names]) => names.filter((name) => name !== undefined)).sort()).toEqual(
      [...searchedParameters].sort(),
    );
  });
});
