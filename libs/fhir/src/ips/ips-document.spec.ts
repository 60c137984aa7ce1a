import type { Bundle, Composition, Resource } from '@medplum/fhirtypes';

import { allergy, answer, snomed, words } from '../merge/record-builders.fixture.js';
import { mergeRecords } from '../merge/merge-records.js';
import { ipsDocument } from './ips-document.js';
import { looked, quiet, request, samples, story } from './summary-samples.fixture.js';

const composition = (bundle: Bundle): Composition => bundle.entry?.[0]?.resource as Composition;
const section = (bundle: Bundle, title: string): NonNullable<Composition['section']>[number] | undefined =>
  composition(bundle).section?.find((one) => one.title === title);
const entries = (bundle: Bundle, title: string): Resource[] =>
  (section(bundle, title)?.entry ?? []).map(
    ({ reference }) => bundle.entry?.find(({ fullUrl }) => fullUrl === reference)?.resource as Resource,
  );
const absenceCode = (bundle: Bundle, title: string): string | undefined => {
  const [first] = entries(bundle, title) as {
    code?: { coding?: { code?: string }[] };
    medicationCodeableConcept?: { coding?: { code?: string }[] };
  }[];
  return (first?.code ?? first?.medicationCodeableConcept)?.coding?.[0]?.code;
};
const required = ['Problems', 'Allergies and Intolerances', 'Medications'];

describe('ipsDocument', () => {
  const bundle = samples['story']!;

  it('has the Composition first, one Patient, and the sections in their order', () => {
    expect(bundle.entry?.map(({ resource }) => resource?.resourceType).slice(0, 3)).toEqual([
      'Composition',
      'Patient',
      'Organization',
    ]);
    expect(bundle.entry?.filter(({ resource }) => resource?.resourceType === 'Patient')).toHaveLength(1);
    expect(
      composition(bundle).section?.map(({ title, code, entry = [] }) => [title, code?.coding?.[0]?.code, entry.length]),
    ).toEqual([
      ['Problems', '11450-4', 1],
      ['Allergies and Intolerances', '48765-2', 2],
      ['Medications', '10160-0', 3],
      ['Advance Directives', '42348-3', 2],
      ['Medical Devices', '46264-8', 1],
      ['Immunizations', '11369-6', 2],
      ['Procedures', '47519-4', 1],
      ['Results', '30954-2', 2],
      ['Past Illness', '11348-0', 1],
      ['Sources of this summary', 'sources', 0],
    ]);
  });

  it('resolves every reference inside itself, by urn:uuid', () => {
    for (const sample of Object.values(samples)) {
      const urls = new Set(sample.entry?.map(({ fullUrl }) => fullUrl));
      expect(urls.size).toBe(sample.entry?.length);
      const references = [...JSON.stringify(sample).matchAll(/"reference":"([^"]*)"/g)].map(
        ([, reference]) => reference,
      );
      expect(references.filter((reference) => reference !== '#coverage' && !urls.has(reference ?? ''))).toEqual([]);
    }
  });

  it('gives each entry its Provenance', () => {
    const targets = bundle.entry?.flatMap(({ resource }) =>
      resource?.resourceType === 'Provenance' ? resource.target.map(({ reference }) => reference) : [],
    );
    const kinds = ['Patient', 'Organization', 'Composition', 'Provenance', 'DeviceUseStatement'];
    const clinical = bundle.entry
      ?.filter(({ resource }) => !kinds.includes(resource?.resourceType ?? ''))
      .map(({ fullUrl }) => fullUrl);
    expect(targets?.sort()).toEqual(clinical?.sort());
  });

  it('says its coverage in the sections, in one of its own and for machines', () => {
    const { text, contained, extension } = composition(bundle);
    expect(text?.div).toContain('3 of 4 sources answered. Northside did not answer in time.');
    expect(section(bundle, 'Allergies and Intolerances')?.text?.div).toContain('3 of 4 sources answered.');
    expect(section(bundle, 'Sources of this summary')?.text?.div).toContain(
      '<td>Northside</td><td>did not answer in time</td>',
    );
    expect(contained?.[0]).toMatchObject({ resourceType: 'OperationOutcome', id: 'coverage' });
    expect(extension?.[1]).toMatchObject({ valueReference: { reference: '#coverage' } });
  });

  it('shows the conflict where the allergy is, and the refuted one without an entry', () => {
    const div = section(bundle, 'Allergies and Intolerances')?.text?.div;
    expect(div).toContain('<td>Lakeside (none known)</td>');
    expect(div).toContain('<td>Latex &amp; &quot;rubber&quot;</td><td>refuted</td>');
    expect(entries(bundle, 'Allergies and Intolerances')).toHaveLength(2);
  });

  it('escapes what members wrote', () => {
    expect(section(bundle, 'Allergies and Intolerances')?.text?.div).toContain('St. Mary&#39;s &lt;Hospital&gt;');
    // Whatever is left of a narrative without the tags that this library writes holds no tag.
    for (const sample of Object.values(samples)) {
      for (const [, div] of JSON.stringify(sample).matchAll(/"div":"((?:[^"\\]|\\.)*)"/g)) {
        expect(
          JSON.parse(`"${div}"`).replace(/<\/?(?:div|p|table|thead|tbody|tr|th|td)(?: [^<>]*)?>/g, ''),
        ).not.toMatch(/[<>]/);
      }
    }
  });

  it('keeps references between its own entries, and drops those that lead nowhere', () => {
    const report = entries(bundle, 'Results').find(({ resourceType }) => resourceType === 'DiagnosticReport') as {
      result?: { reference?: string }[];
    };
    expect(report.result).toHaveLength(1);
    expect(bundle.entry?.find(({ fullUrl }) => fullUrl === report.result?.[0]?.reference)?.resource?.resourceType).toBe(
      'Observation',
    );
  });

  it('is the same document for the same name, and another one for another', () => {
    const make = (documentName: string): string =>
      JSON.stringify(ipsDocument(mergeRecords(story), [], { ...request, documentName }));
    expect(make('a')).toBe(make('a'));
    expect(make('a')).not.toBe(make('b'));
  });

  it('is as confidential as the strictest thing in it', () => {
    expect(composition(bundle).confidentiality).toBe('N');
    expect(composition(samples['labelled']!).confidentiality).toBe('R');
  });

  it('says in words what can not be said in valid FHIR', () => {
    const careless = samples['careless']!;
    expect(section(careless, 'Medications')?.text?.div).toContain('<td>Digoxin</td>');
    expect(section(careless, 'Sources of this summary')?.text?.div).toContain('<td>Digoxin (Careless)</td>');
    expect(
      entries(careless, 'Medications').map(
        (one) => (one as { medicationCodeableConcept?: { text?: string } }).medicationCodeableConcept?.text,
      ),
    ).not.toContain('Digoxin');
  });

  it('tells nothing of a member that may not be named', () => {
    expect(JSON.stringify(samples['a source that is not named'])).not.toMatch(
      /Harbor|Lakeside|Mary|AllergyIntolerance\/|"entity"/,
    );
  });
});

describe('the required sections when they are empty', () => {
  const denial = (name: string): ReturnType<typeof answer> =>
    answer(name, [allergy('n', snomed('716186003', 'No known allergy'))]);

  it('say "none known" when that is justified', () => {
    const sample = samples['nothing known, said by everybody']!;
    expect(required.map((title) => absenceCode(sample, title))).toEqual([
      'no-known-problems',
      'no-known-allergies',
      'no-known-medications',
    ]);
  });

  it.each(['nobody answered', 'nobody asked, patient hardly known'])('say "no information" when %s', (name) => {
    expect(required.map((title) => absenceCode(samples[name]!, title))).toEqual([
      'no-problem-info',
      'no-allergy-info',
      'no-medication-info',
    ]);
  });

  it.each<[name: string, answers: ReturnType<typeof answer>[], coverage: ReturnType<typeof looked>[]]>([
    ['one source is quiet', [denial('Harbor')], [looked('Harbor'), quiet('Lakeside')]],
    [
      'a source left allergies out',
      [denial('Harbor')],
      [looked('Harbor'), looked('Lakeside', { counts: { Condition: 0 }, reason: 'partial' })],
    ],
    ['nobody has said so', [answer('Harbor', [])], [looked('Harbor')]],
    [
      'an allergy could not be read',
      [denial('Harbor'), answer('Lakeside', [{ ...allergy('1', {}), code: 'x' }])],
      [looked('Harbor'), looked('Lakeside')],
    ],
    [
      'something could not be read at all',
      [denial('Harbor'), answer('Lakeside', ['no resource'])],
      [looked('Harbor'), looked('Lakeside')],
    ],
    ['something was withheld', [denial('Harbor')], [looked('Harbor'), looked('Lakeside', { status: 'filtered' })]],
    ['only food allergies were denied', [answer('Harbor', [allergy('n', snomed('429625007'))])], [looked('Harbor')]],
  ])('say "no information" when %s', (_name, answers, coverage) => {
    const bundle = ipsDocument(mergeRecords(answers), coverage, request);
    expect(absenceCode(bundle, 'Allergies and Intolerances')).toBe('no-allergy-info');
    expect(section(bundle, 'Allergies and Intolerances')?.text?.div).toContain('No information about allergies.');
  });

  it('hold the allergy, whoever else knows of none', () => {
    const bundle = ipsDocument(
      mergeRecords([denial('Harbor'), answer('Lakeside', [allergy('1', words('Latex'))])]),
      [looked('Harbor'), looked('Lakeside')],
      request,
    );
    expect(JSON.stringify(bundle)).not.toContain('no-known-allergies');
    expect(entries(bundle, 'Allergies and Intolerances')).toHaveLength(1);
  });
});
