import type { AllergyIntolerance, MedicationRequest } from '@medplum/fhirtypes';
import fc from 'fast-check';

import { systems } from '../terminology/code-systems.js';
import { allergenMeaning } from '../terminology/substance-meaning.js';
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
} from './record-builders.fixture.js';
import type { MergedRecord, Provenance } from './merged-record.js';
import { mergeRecords } from './merge-records.js';
import type { SourceAnswer } from './source-answer.js';

const substance = fc.constantFrom(
  snomed('91936005', 'Allergy to penicillin'),
  snomed('294505008'),
  rxnorm('723', 'Amoxicillin'),
  rxnorm('2231', 'Cephalexin'),
  snomed('300916003', 'Latex allergy'),
  snomed('762952008', 'Penicillin'),
  snomed('416098002', 'Drug allergy'),
  snomed('716186003', 'No known allergy'),
  words('NKDA'),
  words('Kiwi'),
  {},
);
const drug = fc.constantFrom(
  rxnorm('855332', 'Warfarin Sodium 5 MG Oral Tablet'),
  words('Coumadin'),
  words('Loratadine'),
  {},
);
const allergies = fc
  .record({
    code: substance,
    status: fc.constantFrom('active', 'inactive', 'resolved'),
    verification: fc.constantFrom('confirmed', 'unconfirmed', 'refuted', 'entered-in-error'),
    criticality: fc.constantFrom<AllergyIntolerance['criticality'][]>('high', 'low', 'unable-to-assess', undefined),
    subject: fc.constantFrom('Patient/p1', 'Patient/p1', 'Patient/p1', 'Patient/p2', undefined),
  })
  .map(({ code, status, verification, criticality, subject }) => ({
    ...allergy('', code, {
      clinicalStatus: allergyStatus(status),
      verificationStatus: verified(verification),
      ...(criticality !== undefined && { criticality }),
    }),
    patient: subject === undefined ? {} : { reference: subject },
  }));
const orders = fc
  .record({
    code: drug,
    status: fc.constantFrom<MedicationRequest['status'][]>('active', 'stopped', 'entered-in-error'),
  })
  .map(({ code, status }) => order('', code, status === undefined ? {} : { status }));
const problems = fc
  .constantFrom(snomed('49436004', 'Atrial fibrillation'), words('AF'), {})
  .map((code) => problem('', code));
const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom({ resourceType: 'Basic' }, patient('p1'), patient('p9')),
);
const resource = fc.oneof({ weight: 4, arbitrary: allergies }, { weight: 2, arbitrary: orders }, problems, junk);

/** Several members' answers; every resource that can have an id gets one that is unique over all of them. */
const answers: fc.Arbitrary<SourceAnswer[]> = fc
  .array(fc.record({ resources: fc.array(resource, { maxLength: 8 }), discloses: fc.boolean() }), { maxLength: 4 })
  .map((members) => {
    let count = 0;
    return members.map(({ resources, discloses }, member) =>
      answer(
        `Member ${member}`,
        resources.map((one) =>
          typeof one === 'object' && one !== null && 'id' in one && (one as { id: unknown }).id === ''
            ? { ...one, id: `r${(count += 1)}` }
            : one,
        ),
        { memberId: `m${member}`, ...(discloses && { discloses }) },
      ),
    );
  });

const permuted = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...list], { minLength: list.length });

/** The same answers twice, in two orders, their resources in two orders. */
const shuffled = answers.chain((given) =>
  fc.tuple(
    fc.constant(given),
    fc
      .tuple(...given.map((one) => permuted(one.resources).map((resources) => ({ ...one, resources }))))
      .chain((reordered) => permuted(reordered)),
  ),
);

const sourcesOf = (record: MergedRecord): Provenance[] => [
  ...[...record.allergies, ...record.medications, ...record.problems, ...record.others].flatMap(({ sources }) =>
    sources.map(({ provenance }) => provenance),
  ),
  ...record.patients.map(({ provenance }) => provenance),
  ...record.absences.map(({ source }) => source),
  ...record.apart.map(({ source }) => source.provenance),
];

describe('mergeRecords, whatever members send', () => {
  it('depends neither on the order of the answers nor on that of the resources in them', () => {
    fc.assert(
      fc.property(shuffled, ([given, other]) => {
        expect(JSON.stringify(mergeRecords(other))).toBe(JSON.stringify(mergeRecords(given)));
      }),
      { numRuns: 300 },
    );
  });

  it('drops nothing without a reason: every resource is in the answer once, or refused once', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const named = given.map((one) => ({ ...one, discloses: false }));
        const record = mergeRecords(named);
        const ids = sourcesOf(record).flatMap(({ memberId, resource: id = '', alsoAs = [] }) =>
          [id, ...alsoAs].map((one) => `${memberId} ${one}`),
        );
        for (const { memberId, resources } of named) {
          for (const one of resources as { resourceType?: string; id?: string }[]) {
            if (!/^r\d+$/.test(one?.id ?? '')) continue;
            const shown = ids.filter((id) => id === `${memberId} ${one.resourceType}/${one.id}`).length;
            const refused = record.refused.filter(
              (refusal) => refusal.memberId === memberId && refusal.id === one.id,
            ).length;
            expect(shown + refused).toBe(1);
          }
          const gone = record.refused.filter((refusal) => refusal.memberId === memberId).length;
          const kept = ids.filter((id) => id.startsWith(`${memberId} `)).length;
          expect(kept + gone).toBeGreaterThanOrEqual(new Set(resources.map((one) => JSON.stringify(one))).size);
        }
      }),
    );
  });

  it('never loses an allergy of the patient, nor makes it milder than anybody said', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const record = mergeRecords(given);
        for (const { resources } of given) {
          for (const one of resources as AllergyIntolerance[]) {
            const verification = one?.verificationStatus?.coding?.[0]?.code;
            const isLive =
              one?.resourceType === 'AllergyIntolerance' &&
              one.patient?.reference === 'Patient/p1' &&
              verification !== 'refuted' &&
              verification !== 'entered-in-error';
            const { tokens } = allergenMeaning(isLive && one.code !== undefined ? [one.code] : []);
            if (!isLive || tokens.length === 0 || /716186003|NKDA/.test(JSON.stringify(one.code))) continue;
            const item = record.allergies.find((merged) => merged.tokens.some((token) => tokens.includes(token)));
            expect(item).toBeDefined();
            if (one.criticality === 'high') expect(item).toMatchObject({ grade: 'severe', criticality: 'high' });
            if (one.clinicalStatus?.coding?.[0]?.code === 'active') expect(item?.status).toBe('active');
          }
        }
      }),
    );
  });

  it('says of every allergy who contradicts it', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const record = mergeRecords(given);
        const denials = record.absences.filter(
          ({ about, scope, said }) => about === 'AllergyIntolerance' && scope === 'all' && said === 'none-known',
        );
        for (const { disputes } of record.allergies) {
          expect(disputes.filter(({ said }) => said === 'none-known').length).toBeGreaterThanOrEqual(denials.length);
        }
      }),
    );
  });

  it('gives every item a key of its own', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const twice = given.map((one) => ({ ...one, resources: [...one.resources, ...one.resources] }));
        for (const items of [mergeRecords(given), mergeRecords(twice)].flatMap((one) => [
          one.allergies,
          one.medications,
          one.problems,
          one.others,
        ])) {
          expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
        }
      }),
    );
  });

  it('says the same when a member sends everything twice', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const named = given.map((one) => ({ ...one, discloses: false }));
        const twice = named.map((one) => ({ ...one, resources: [...one.resources, ...one.resources] }));
        const items = ({ allergies, medications, problems }: MergedRecord): unknown => [
          allergies,
          medications,
          problems,
        ];
        const withIds = (record: MergedRecord): boolean =>
          sourcesOf(record).every(({ resource }) => resource !== undefined);
        fc.pre(withIds(mergeRecords(named)));
        expect(items(mergeRecords(twice))).toEqual(items(mergeRecords(named)));
      }),
    );
  });

  it('is plain JSON', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const record = mergeRecords(given);
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      }),
    );
  });

  it('names nobody who may not be named', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const secret = given.map((one) => ({ ...one, memberId: 'recovery', name: 'Recovery Clinic', discloses: true }));
        expect(JSON.stringify(mergeRecords(secret))).not.toMatch(/recovery/i);
      }),
    );
  });

  it('takes the system of a code into account', () => {
    const [one, other] = [systems.snomed, systems.rxnorm].map((system) =>
      allergy('1', { coding: [{ system, code: '723' }] }),
    );
    expect(mergeRecords([answer('A', [one]), answer('B', [other])]).allergies).toHaveLength(2);
  });
});
