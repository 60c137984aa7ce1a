import type { Bundle } from '@medplum/fhirtypes';
import fc from 'fast-check';

import { allergy, answer, words } from '../merge/record-builders.fixture.js';
import { mergeRecords } from '../merge/merge-records.js';
import { redactBundle, redactResources } from './redact.js';

const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const HIV = `${ACT}|HIV`;
const labelled = { meta: { security: [{ system: ACT, code: 'HIV' }] } };
const inline = {
  extension: [
    {
      url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
      valueCoding: { system: ACT, code: 'HIV' },
    },
  ],
};
const condition = {
  resourceType: 'Condition',
  id: 'c1',
  ...labelled,
  code: { text: 'secret' },
  identifier: [{ system: 'urn:x', value: '9' }],
};
const plain = { resourceType: 'Condition', id: 'c2', code: { text: 'Asthma' } };

describe('redactResources', () => {
  it('takes out what carries a withheld label, and says how much and of what types', () => {
    expect(redactResources([condition, plain], [HIV])).toEqual({
      resources: [plain],
      withheld: 1,
      withheldTypes: ['Condition'],
      unreadable: 0,
    });
  });

  it.each<[name: string, security: unknown[], isKept: boolean]>([
    ['another code of the system', [{ system: ACT, code: 'PSY' }], true],
    ['the code in another system', [{ system: 'urn:other', code: 'HIV' }], true],
    ['the code without a system: careless, so withheld', [{ code: 'HIV' }], false],
    [
      'among other labels',
      [
        { system: 'urn:other', code: 'R' },
        { system: ACT, code: 'HIV' },
      ],
      false,
    ],
    ['no code', [{ system: ACT }], true],
    ['junk', [null, 'HIV', 5], true],
  ])('%s', (_name, security, isKept) => {
    expect(redactResources([{ ...plain, meta: { security } }], [HIV]).resources).toHaveLength(isKept ? 1 : 0);
  });

  it.each<[name: string, reference: Record<string, unknown>]>([
    ['relative', { reference: 'Condition/c1', display: 'secret' }],
    ['versioned', { reference: 'Condition/c1/_history/2', display: 'secret' }],
    ['absolute', { reference: 'https://a.example/fhir/Condition/c1', display: 'secret' }],
    ['by uuid', { reference: 'urn:uuid:c1', display: 'secret' }],
    ['by identifier', { identifier: { system: 'urn:x', value: '9' }, display: 'secret' }],
  ])('takes out a reference to it, its display and the narrative: %s', (_name, reasonReference) => {
    const procedure = {
      resourceType: 'Procedure',
      id: 'p',
      text: { status: 'generated', div: '<div>for secret</div>' },
      code: { text: 'Biopsy' },
      reasonReference: [reasonReference, { reference: 'Condition/c2' }],
    };
    const { resources, withheld } = redactResources([procedure, condition], [HIV]);
    expect(resources).toEqual([
      {
        resourceType: 'Procedure',
        id: 'p',
        code: { text: 'Biopsy' },
        reasonReference: [{ reference: 'Condition/c2' }],
      },
    ]);
    expect(withheld).toBe(2);
  });

  it('takes out a contained resource and what refers to it', () => {
    const encounter = {
      resourceType: 'Encounter',
      id: 'e',
      status: 'finished',
      contained: [{ ...condition, id: 'in' }],
      reasonReference: [{ reference: '#in', display: 'secret' }],
    };
    expect(redactResources([encounter], [HIV]).resources).toEqual([
      { resourceType: 'Encounter', id: 'e', status: 'finished' },
    ]);
  });

  it('withholds an order for a withheld medication, and what is only about that order', () => {
    const values = [
      { resourceType: 'Provenance', id: 'pr', target: [{ reference: 'MedicationRequest/m' }] },
      {
        resourceType: 'MedicationRequest',
        id: 'm',
        status: 'active',
        medicationReference: { reference: 'Medication/x', display: 'secret' },
      },
      { resourceType: 'Medication', id: 'x', ...labelled, code: { text: 'secret' } },
      plain,
    ];
    expect(redactResources(values, [HIV])).toEqual({
      resources: [plain],
      withheld: 3,
      withheldTypes: ['Medication', 'MedicationRequest', 'Provenance'],
      unreadable: 0,
    });
  });

  it('withholds a document whose body is withheld, and its title', () => {
    const document = {
      resourceType: 'DocumentReference',
      id: 'd',
      description: 'secret clinic',
      content: [{ attachment: { url: 'Binary/b', title: 'secret' } }],
    };
    expect(redactResources([document, { resourceType: 'Binary', id: 'b', ...labelled }], [HIV]).resources).toEqual([]);
  });

  it('takes elements that are labelled inline, also primitive ones', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'p',
      name: [{ family: 'Example' }],
      contact: [{ name: { text: 'secret' }, ...inline }],
      deceasedDateTime: 'secret',
      _deceasedDateTime: inline,
    };
    expect(redactResources([patient], [HIV]).resources).toEqual([
      { resourceType: 'Patient', id: 'p', name: [{ family: 'Example' }] },
    ]);
  });

  it('takes a list entry and a section with the reference they are about, and the words that sum them up', () => {
    const list = {
      resourceType: 'List',
      id: 'l',
      entry: [{ item: { reference: 'Condition/c1' }, date: '2020' }, { item: { reference: 'Condition/c2' } }],
    };
    const composition = {
      resourceType: 'Composition',
      id: 'k',
      section: [
        {
          title: 'Problems',
          text: { status: 'generated', div: '<div>secret, asthma</div>' },
          entry: [{ reference: 'Condition/c1' }, { reference: 'Condition/c2' }],
        },
      ],
    };
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'r',
      conclusion: 'secret',
      result: [{ reference: 'Condition/c1' }],
    };
    expect(redactResources([list, composition, report, condition], [HIV]).resources).toEqual([
      { resourceType: 'List', id: 'l', entry: [{ item: { reference: 'Condition/c2' } }] },
      {
        resourceType: 'Composition',
        id: 'k',
        section: [{ title: 'Problems', entry: [{ reference: 'Condition/c2' }] }],
      },
      { resourceType: 'DiagnosticReport', id: 'r' },
    ]);
  });

  it('leaves nothing of what it can not look through, but the word of it', () => {
    let deep: unknown = 'secret';
    for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
    const redacted = redactResources([null, 'secret', { ...plain, extension: [deep] }, plain], [HIV]);
    expect(redacted).toEqual({
      resources: [
        plain,
        { unreadable: 'malformed' },
        { unreadable: 'malformed' },
        { unreadable: 'too-large', of: 'Condition', id: 'c2' },
      ],
      withheld: 0,
      withheldTypes: [],
      unreadable: 3,
    });
  });

  it('does not hide from the merge that something could not be read', () => {
    const note = Array.from({ length: 30_000 }, () => ({ text: 'x' }));
    const { resources } = redactResources(
      [null, { ...allergy('1', words('Latex')), note }, allergy('2', words('Peanut'))],
      [],
    );
    const { refused, allergies } = mergeRecords([answer('St. Mary', resources)]);
    expect(allergies.map(({ title }) => title)).toEqual(['Peanut']);
    expect(refused.map(({ reason, resourceType, id }) => [reason, resourceType, id])).toEqual([
      ['malformed', undefined, undefined],
      ['too-large', 'AllergyIntolerance', '1'],
    ]);
  });

  it('changes nothing where nothing is labelled', () => {
    const resource = fc.record({
      resourceType: fc.constant('Basic'),
      id: fc.constant('b'),
      data: fc.jsonValue({ maxDepth: 4 }),
    });
    fc.assert(
      fc.property(fc.array(resource), (values) => {
        const clean = values.filter((one) => !JSON.stringify(one).includes('null'));
        expect(redactResources(clean, [HIV])).toEqual({
          resources: clean,
          withheld: 0,
          withheldTypes: [],
          unreadable: 0,
        });
      }),
    );
  });

  it('leaves not a word of a withheld resource, wherever it is hidden', () => {
    const wrap = fc.constantFrom<((inner: object, at: number) => object)[]>(
      (inner) => inner,
      (inner, at) => ({
        resourceType: 'Encounter',
        id: `e${at}`,
        contained: [inner],
        reasonReference: [{ reference: '#c', display: 'secret' }],
      }),
      (inner, at) => ({ resourceType: 'Basic', id: `b${at}`, part: [{ ...inner, ...inline }] }),
    );
    fc.assert(
      fc.property(fc.array(wrap), (wraps) => {
        const values = wraps.map((wrapped, at) => wrapped({ ...condition, id: 'c' }, at));
        const referring = {
          resourceType: 'Procedure',
          id: 'p',
          reasonReference: values.map(() => ({ reference: 'Condition/c', display: 'secret' })),
        };
        const { resources } = redactResources([...values, ...(wraps.length > 0 ? [] : [referring])], [HIV]);
        expect(JSON.stringify(resources)).not.toContain('secret');
      }),
    );
  });
});

describe('redactBundle', () => {
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    total: 12,
    entry: [
      { fullUrl: 'https://a.example/fhir/Condition/c1', resource: condition as never },
      { fullUrl: 'https://a.example/fhir/Condition/c2', resource: plain as never },
      {
        fullUrl: 'urn:uuid:1',
        resource: {
          resourceType: 'Provenance',
          target: [{ reference: 'https://a.example/fhir/Condition/c1' }],
        } as never,
      },
    ],
  };

  it('takes entries and what refers to them by their full url, and counts them out of the total', () => {
    const redacted = redactBundle(bundle, [HIV]);
    expect(redacted.bundle).toMatchObject({ total: 10, entry: [{ resource: { id: 'c2' } }] });
    expect(redacted).toMatchObject({ withheld: 2, withheldTypes: ['Condition', 'Provenance'] });
  });

  it('knows an entry by a full url that has nothing to do with its id', () => {
    const target = [{ reference: 'urn:uuid:5f0d' }];
    const entry = [
      { fullUrl: 'urn:uuid:5f0d', resource: condition as never },
      { fullUrl: 'urn:uuid:77aa', resource: { resourceType: 'Provenance', target } as never },
    ];
    expect(redactBundle({ resourceType: 'Bundle', type: 'collection', entry }, [HIV]).bundle?.entry).toEqual([]);
  });

  it('is gone wholly when the Bundle itself is labelled', () => {
    expect(redactBundle({ ...bundle, ...labelled }, [HIV])).toMatchObject({ bundle: undefined, withheld: 1 });
  });
});
