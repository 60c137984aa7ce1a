import type { PatientHandles } from '../edge/patient-handle.js';
import { parametersOf, urlOf, withLinks, withPersons } from './audit-search-request.js';

// Handles that say of themselves whose they are: `<member>~<person>`.
const handles = {
  open: (handle: string, memberId: string) =>
    handle.startsWith(`${memberId}~`) ? handle.slice(memberId.length + 1) : undefined,
} as PatientHandles;
const UUID = /^Patient\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('a search at the door', () => {
  it('has the parameters of its URL and of its form, repeats and all', () => {
    expect(parametersOf('/fhir/AuditEvent?date=ge2026&date=lt2027', 'outcome=0%2C4&purpose=BTG')).toEqual([
      ...[
        ['date', 'ge2026'],
        ['date', 'lt2027'],
      ],
      ...[
        ['outcome', '0,4'],
        ['purpose', 'BTG'],
      ],
    ]);
  });

  it.each([
    ['patient', 'Patient/op~p1', 'p1'],
    ['patient', 'op~p1', 'p1'],
    ['patient.identifier', 'https://hie.example/fhir/member-patient/mercy|mercy~p2', 'p2'],
  ])('goes on with the person of %s=%s', (name, value, person) => {
    expect(withPersons([[name, value]], handles, 'op')).toEqual([['patient', `Patient/${person}`]]);
  });

  it.each([
    ['patient', 'mercy~p1'],
    ['patient', ''],
    ['patient', 'Patient/x|y'],
    ['patient.identifier', 'https://hie.example/fhir/member-patient/mercy|op~p2'],
  ])('goes on with an id that nobody has for %s=%s, and with no two the same', (name, value) => {
    const [first, second] = [1, 2].map(() => withPersons([[name, value]], handles, 'op')[0] ?? ['', '']);
    expect(first?.[0]).toBe('patient');
    expect(first?.[1]).toMatch(UUID);
    expect(second?.[1]).not.toBe(first?.[1]);
  });

  it('leaves every other parameter as it is, the ledger’s own pseudonym too', () => {
    const others = [
      ['patient.identifier', 'https://hie.example/fhir/NamingSystem/ledger-patient|1'],
      ['entity.identifier', 'Patient/op~p1'],
    ] as const;
    expect(withPersons(others, handles, 'op')).toEqual(others);
  });
});

describe('the links of its answer', () => {
  const bundle = { resourceType: 'Bundle', type: 'searchset' } as const;
  const door = 'https://gw.example/fhir/AuditEvent';
  const asked = [
    ['patient', 'Patient/op~p1'],
    ['_cursor', 'first'],
    ['_count', '2'],
  ] as const;

  it('say what the caller asked, and never the person', () => {
    expect(withLinks(bundle, asked, door).link).toEqual([
      { relation: 'self', url: `${door}?patient=Patient%2Fop%7Ep1&_cursor=first&_count=2` },
    ]);
  });

  it('lead to the next page by its cursor alone', () => {
    const link = [{ relation: 'next' as const, url: 'AuditEvent?_cursor=second' }];
    expect(withLinks({ ...bundle, link }, asked, door).link?.[1]).toEqual({
      relation: 'next',
      url: `${door}?patient=Patient%2Fop%7Ep1&_count=2&_cursor=second`,
    });
  });

  it('are the bare door for a search without parameters', () => {
    expect(urlOf(door, [])).toBe(door);
  });
});
