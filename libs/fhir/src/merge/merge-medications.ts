import type { MedicationRequest, MedicationStatement } from '@medplum/fhirtypes';

import type { DrugAlert } from '../terminology/drug-classes.js';
import { medicationMeaning, type SubstanceMeaning } from '../terminology/substance-meaning.js';
import { compareItems, inOrder, tokensOrIdentity, withoutCopies } from './distinct-sources.js';
import { doseText } from './dose-text.js';
import { groupByToken } from './group-by-token.js';
import type { MedicationState, MergedMedication, Sourced } from './merged-record.js';
import { commonTitle, conceptName, sayings } from './said.js';

type Order = MedicationRequest | MedicationStatement;
type Source = Sourced<Order>;

/** Most urgent first. */
const STATES: readonly MedicationState[] = ['current', 'paused', 'unknown', 'past'];
const STATE_OF: Readonly<Record<string, MedicationState>> = {
  active: 'current',
  intended: 'current',
  'on-hold': 'paused',
  completed: 'past',
  stopped: 'past',
  cancelled: 'past',
  'not-taken': 'past',
};
const ALERTS: readonly DrugAlert[] = [
  'anticoagulant',
  'antiplatelet',
  'insulin',
  'heart',
  'opioid',
  'not-to-stop',
  'toxic',
];

/** The meaning of the medication an order is for. */
export function medicationOf({ medicationCodeableConcept }: Order): SubstanceMeaning {
  return medicationMeaning(medicationCodeableConcept === undefined ? [] : [medicationCodeableConcept]);
}

/** Whether the order forbids the medication (`doNotPerform`): then it must not be read as one that is taken. */
function isProhibition(order: Order): boolean {
  return order.resourceType === 'MedicationRequest' && order.doNotPerform === true;
}

/**
 * One item an active ingredient (or fixed combination), whoever ordered it under whatever product. Doses and states that differ stand side
 * by side; nobody's is preferred, since the exchange can't know which chart is right.
 */
export function mergeMedications(sources: readonly Source[]): MergedMedication[] {
  const meanings = new Map(sources.map((source) => [source, medicationOf(source.resource)]));
  const tokensOf = (source: Source): readonly string[] => {
    const tokens = tokensOrIdentity(meanings.get(source)?.tokens ?? [], source);
    return isProhibition(source.resource) ? tokens.map((token) => `not ${token}`) : tokens;
  };
  return inOrder(
    groupByToken(sources, tokensOf).map(({ members, tokens }) => mergeOne(members, tokens, meanings)),
    compareMedications,
  );
}

function mergeOne(
  members: readonly Source[],
  tokens: readonly string[],
  meanings: ReadonlyMap<Source, SubstanceMeaning>,
): MergedMedication {
  const known = members.map((one) => meanings.get(one)).filter((one) => one !== undefined);
  const sources = withoutCopies(
    members.map((one) =>
      meanings.get(one)?.codeAndNameDisagree === true
        ? { ...one, cautions: [...one.cautions, 'code-and-name-disagree' as const] }
        : one,
    ),
  );
  const states = sources.map(({ resource }) => STATE_OF[resource.status ?? ''] ?? 'unknown');
  return {
    key: tokens[0] ?? 'nameless',
    title: commonTitle(
      sources.map(({ resource }) => conceptName(resource.medicationCodeableConcept, 'Medication not stated')),
      ingredientTitle(tokens),
    ),
    tokens,
    sources,
    state: STATES.find((state) => states.includes(state)) ?? 'unknown',
    alerts: ALERTS.filter((alert) => known.some(({ alerts }) => alerts.includes(alert))),
    classes: [...new Set(known.flatMap(({ classes }) => classes))].sort(),
    doses: sayings(sources, ({ resource }) => {
      const dose = doseText(resource);
      return dose === undefined ? [] : [dose];
    }),
    statuses: sayings(sources, ({ resource }) => (resource.status === undefined ? [] : [resource.status])),
    prohibited: members.some(({ resource }) => isProhibition(resource)),
  };
}

/** "Warfarin": the ingredient all of them share, where it is known. */
function ingredientTitle(tokens: readonly string[]): string | undefined {
  const ingredient = tokens.find((token) => token.startsWith('drug:'))?.slice('drug:'.length);
  return ingredient === undefined ? undefined : ingredient.charAt(0).toUpperCase() + ingredient.slice(1);
}

function compareMedications(a: MergedMedication, b: MergedMedication): number {
  return STATES.indexOf(a.state) - STATES.indexOf(b.state) || alertRank(a) - alertRank(b) || compareItems(a, b);
}

function alertRank({ alerts: [first] }: MergedMedication): number {
  return first === undefined ? ALERTS.length : ALERTS.indexOf(first);
}
