// What the ledger is told of an answer: enough for an accounting, and nothing where nothing was given.
import type { RecordsLocated } from '@hie/contracts';

import { type AssembledParts, assembleAnswer } from './assemble-answer.js';

const personId = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const obligations = { withholdLabels: [], mayTellWithheld: true, excludeMembers: [] };
const located: RecordsLocated = {
  ...{ txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10', query: '{}', candidates: [], custodians: [] },
  identity: { outcome: 'certain', personId, formerPersonIds: [] },
  decision: { effect: 'permit', rule: 'default.TREAT', obligations },
};
const row = (memberId: string, counts: Record<string, number>) =>
  ({ memberId, name: memberId, status: 'answered', reason: 'complete', counts, discloses: false }) as const;
const rows = [row('harbor', { Condition: 2, Device: 1, Procedure: 0 }), row('eastend', { Condition: 1 })];

function told(of: Partial<AssembledParts>) {
  const parts: AssembledParts = { located, stage: 'critical', more: false, rows, at: new Date(0), ...of };
  return assembleAnswer(parts).audit[0];
}

it.each<[string, Partial<AssembledParts>, string[] | undefined]>([
  ['the kinds and numbers of all members together', {}, ['Condition=3', 'Device=1']],
  ['nothing, where nobody had anything', { rows: [row('harbor', { Condition: 0 })] }, []],
  [
    'whom a match named',
    { located: { ...located, candidates: [{ personId, probability: 1, grade: 'certain' }] }, rows: [] },
    ['Patient=1'],
  ],
  [
    'nothing of what was denied',
    { located: { ...located, decision: { ...located.decision, effect: 'deny' } } },
    undefined,
  ],
  ['nothing where nobody was certain', { located: { ...located, identity: { outcome: 'none' } } }, undefined],
])('tells %s', (_what, parts, expected) => {
  const facts = told(parts);
  expect(facts?.details?.['given']).toEqual(expected);
  expect(facts?.outcome === 'success').toBe(expected !== undefined);
});
