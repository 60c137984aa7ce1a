import { operationOutcome } from '@hie/fhir';

import { isFedForAnother } from './fed-for-another.js';

const batch = (...outcomes: unknown[]) => ({
  resourceType: 'Bundle',
  type: 'batch-response',
  entry: outcomes.map((outcome) => ({
    response: { status: 'a status', ...(outcome === undefined ? {} : { outcome }) },
  })),
});
const theirs = operationOutcome('identifier-of-another');
const spoilt = operationOutcome('unprocessable-resource');

it.each([
  ['a Patient of another’s', theirs, true],
  ['a Patient that can not be read', spoilt, false],
  ['a Patient that was taken', { resourceType: 'Patient' }, false],
  ['a batch in which one is another’s', batch(undefined, spoilt, theirs), true],
  ['a batch in which none is', batch(undefined, spoilt), false],
  ['a batch of nothing', { resourceType: 'Bundle' }, false],
  ['no body', undefined, false],
])('%s', (_name, answer, expected) => {
  expect(isFedForAnother(answer)).toBe(expected);
});
