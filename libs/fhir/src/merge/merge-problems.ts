import type { Condition } from '@medplum/fhirtypes';

import { systems } from '../terminology/code-systems.js';
import { problemAlert } from '../terminology/problem-alerts.js';
import { conceptTokens } from '../terminology/substance-meaning.js';
import { compareItems, inOrder, tokensOrIdentity, withoutCopies } from './distinct-sources.js';
import { groupByToken } from './group-by-token.js';
import type { ApartItem, Dispute, MergedProblem, Sourced } from './merged-record.js';
import { codeIn } from './resource-kinds.js';
import { commonTitle, conceptName } from './said.js';

const PAST = new Set(['inactive', 'remission', 'resolved']);

export function problemTokens({ code }: Condition): readonly string[] {
  return conceptTokens(code === undefined ? [] : [code]);
}

/** One item a problem, by shared code or name; active when one source says so or none says that it is over. */
export function mergeProblems(sources: readonly Sourced<Condition>[], apart: readonly ApartItem[]): MergedProblem[] {
  const groups = groupByToken(sources, (source) => tokensOrIdentity(problemTokens(source.resource), source));
  return inOrder(
    groups.map(({ members, tokens }) => mergeOne(members, tokens, apart)),
    compareProblems,
  );
}

function mergeOne(
  members: readonly Sourced<Condition>[],
  tokens: readonly string[],
  apart: readonly ApartItem[],
): MergedProblem {
  const sources = withoutCopies(members);
  const isPast = sources.map(({ resource }) =>
    PAST.has(codeIn(resource.clinicalStatus, systems.conditionClinical) ?? ''),
  );
  const status = isPast.every(Boolean) ? 'inactive' : 'active';
  const alerts = sources.map(({ resource }) => (resource.code === undefined ? undefined : problemAlert(resource.code)));
  const alert = alerts.find((one) => one !== undefined);
  const contradicting = sources.filter((_, at) => status === 'active' && isPast[at]);
  return {
    key: tokens[0] ?? 'nameless',
    title: commonTitle(sources.map(({ resource }) => conceptName(resource.code, 'Problem not stated'))),
    tokens,
    sources,
    status,
    ...(alert !== undefined && { alert }),
    disputes: [
      ...contradicting.map(({ provenance }): Dispute => ({ said: 'resolved', source: provenance })),
      ...apart
        .filter((one) => refutes(one, tokens))
        .map((one): Dispute => ({ said: one.reason as 'refuted', source: one.source.provenance })),
    ],
  };
}

function refutes({ reason, tokens, source }: ApartItem, itemTokens: readonly string[]): boolean {
  const isNegation = reason === 'refuted' || reason === 'entered-in-error';
  return (
    isNegation && source.resource.resourceType === 'Condition' && tokens.some((token) => itemTokens.includes(token))
  );
}

function compareProblems(a: MergedProblem, b: MergedProblem): number {
  const rank = ({ status, alert }: MergedProblem): number =>
    (status === 'active' ? 0 : 2) + (alert === undefined ? 1 : 0);
  return rank(a) - rank(b) || compareItems(a, b);
}
