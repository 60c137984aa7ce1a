import { ipsDocument, mergeRecords } from '@hie/fhir';

import { summarySubject } from './summary-subject.js';

const number = { system: 'urn:oid:2.999.1.1', value: 'M-1' };
const answer = (memberId: string, patient: object) => ({
  memberId,
  name: memberId,
  retrievedAt: '2026-01-01T00:00:00.000Z',
  patient: { records: [number] },
  resources: [{ resourceType: 'Patient', id: memberId, identifier: [number], ...patient }],
});
const subjectOf = (...answers: ReturnType<typeof answer>[]) => summarySubject(mergeRecords(answers));
const vera = { name: [{ family: 'Example', given: ['Vera'] }], birthDate: '1957-03-02' };

describe('summarySubject', () => {
  it('is who the first member says, without its number', () => {
    expect(subjectOf(answer('harbor', vera), answer('lakeside', { name: [{ family: 'Other' }] }))).toMatchObject({
      given: ['Vera'],
      family: ['Example'],
      birthDate: '1957-03-02',
      identifiers: [],
    });
  });

  it.each<[what: string, patient: object]>([
    ['can’t be read', { name: 'Vera Example' }],
    ['has no name', { birthDate: '1957-03-02' }],
  ])('passes over a record that %s', (_what, patient) => {
    expect(subjectOf(answer('harbor', patient), answer('lakeside', vera))).toMatchObject({ family: ['Example'] });
  });

  it('takes the birth date of a nameless record, when there is no other', () => {
    expect(subjectOf(answer('harbor', { birthDate: '1957-03-02' }))).toMatchObject({ birthDate: '1957-03-02' });
  });

  it('is nobody known where none can be read, and the summary is still one', () => {
    const record = mergeRecords([answer('harbor', { name: 'Vera Example' })]);
    expect(record.patients).toHaveLength(1);
    const bundle = ipsDocument(record, [], {
      demographics: summarySubject(record),
      exchange: { label: 'Health information exchange' },
      assembledAt: '2026-01-01T00:00:00.000Z',
      documentName: 'txn',
      uuidOf: () => '00000000-0000-4000-8000-000000000000',
    });
    expect(bundle.entry?.[1]?.resource).toMatchObject({ resourceType: 'Patient', name: [{ text: 'Name not known' }] });
  });
});
