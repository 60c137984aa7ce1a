import { type Resource } from '@medplum/fhirtypes';

import { type Fact, type MeasurementFact } from '../clinical/fact.js';
import { allergyIntolerance } from './allergy-intolerance.js';
import { type ChartContext } from './context.js';
import { directiveConsent, directiveDocument, documentReference } from './document.js';
import { encounter, immunization } from './encounter.js';
import { medicationRequest, medicationStatement } from './medication.js';
import { diagnosticReport, observation } from './observation.js';
import { condition, device, procedure } from './problems.js';

/** The FHIR resources of a chart, in the order of its facts; a fact's place gives its resource's id. */
export function chartResources(facts: readonly Fact[], context: ChartContext): readonly Resource[] {
  const idsOf = (results: readonly MeasurementFact[]): string[] =>
    results.map((result) => context.id(facts.indexOf(result)));
  return facts.flatMap((fact, n): readonly Resource[] => {
    switch (fact.kind) {
      case 'allergy':
        return [allergyIntolerance(fact, context, n)];
      case 'medication':
        return [fact.as === 'statement' ? medicationStatement(fact, context, n) : medicationRequest(fact, context, n)];
      case 'condition':
        return [condition(fact, context, n)];
      case 'implant':
        return [device(fact, context, n)];
      case 'directive':
        return fact.form === 'consent' ? [directiveConsent(fact, context, n)] : directiveDocument(fact, context, n);
      case 'encounter':
        return [encounter(fact, context, n)];
      case 'measurement':
        return [observation(fact, context, n)];
      case 'report':
        return [diagnosticReport(fact, context, n, idsOf(fact.results))];
      case 'immunization':
        return [immunization(fact, context, n)];
      case 'procedure':
        return [procedure(fact, context, n)];
      case 'document':
        return documentReference(fact, context, n);
    }
  });
}
