import type { Disclosure } from '@hie/ledger-report';

import { type AccountRequest, isAskedFor, readAccountRequest } from './accounting.js';

const person = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const now = Date.parse('2026-03-01T12:00:00.000Z');
const read = (query: string) => readAccountRequest([...new URLSearchParams(query)], now);
const of = (query: string): AccountRequest => {
  const request = read(`patient=Patient/${person}&${query}`);
  if ('fault' in request) throw new RangeError(request.fault);
  return request;
};
const period = (query: string) => {
  const { fromMs, beforeMs } = of(query).period;
  return [new Date(fromMs).toISOString(), new Date(beforeMs).toISOString()];
};

describe('a request for an accounting', () => {
  it('covers the six years to this moment, everything, as JSON, unless said', () => {
    expect(of('')).toMatchObject({ personId: person, isWithExempt: true, format: 'json' });
    expect(period('')).toEqual(['2020-03-01T12:00:00.001Z', '2026-03-01T12:00:00.001Z']);
  });

  it.each([
    ['from=2026-01-01&to=2026-01-31', '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['from=2025-06&to=2025-07', '2025-06-01T00:00:00.000Z', '2025-08-01T00:00:00.000Z'],
    ['to=2025-01-01', '2019-01-02T00:00:00.000Z', '2025-01-02T00:00:00.000Z'],
    ['from=2026-01-02T10:00Z&to=2026-01-02T10:59Z', '2026-01-02T10:00:00.000Z', '2026-01-02T11:00:00.000Z'],
  ])('with %s covers to the end of what it names', (query, from, before) => {
    expect(period(query)).toEqual([from, before]);
  });

  it.each<[string, string]>([
    ['', 'patient'],
    ['patient=Patient/mallory', 'patient'],
    [`patient=${person}`, 'patient'],
    [`patient=Patient/${person}&from=ge2026`, 'from'],
    [`patient=Patient/${person}&to=never`, 'to'],
    [`patient=Patient/${person}&include=exempt`, 'include'],
    [`patient=Patient/${person}&format=xls`, 'format'],
    [`patient=Patient/${person}&patients=1`, 'patients'],
    [`patient=Patient/${person}&client=a&client=b`, 'client'],
  ])('names what it can not read in %s: %s', (query, fault) => {
    expect(read(query)).toEqual({ fault });
  });
});

describe('isAskedFor', () => {
  const disclosure = {
    recipient: { memberId: 'mercy', clientId: 'mercy-emr' },
    consentVersion: 'Consent/7/_history/2',
    standing: { kind: 'exempt', paragraph: '164.528(a)(1)(i)', because: 'treatment' },
  } as Disclosure;

  it.each([
    ['', true],
    ['client=mercy-emr', true],
    ['client=other', false],
    ['member=mercy', true],
    ['member=harbor', false],
    ['consent=Consent/7/_history/2', true],
    ['consent=Consent/7/_history/3', false],
    ['include=accountable', false],
    ['include=all', true],
  ])('says of one under %j: %s', (query, expected) => {
    expect(isAskedFor(of(query), disclosure)).toBe(expected);
  });
});
