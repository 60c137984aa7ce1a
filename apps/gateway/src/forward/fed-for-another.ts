import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';

const OF_ANOTHER = 'identifier-of-another';

/**
 * Whether a feed was refused, or any entry of a batch of it, because its identifiers are another member's to assign. patient-index says so
 * in an answer of its own, for the rest of a batch may have been taken.
 */
export function isFedForAnother(answer: unknown): boolean {
  const { resourceType } = (answer ?? {}) as { resourceType?: unknown };
  if (resourceType === 'OperationOutcome') return isOfAnother(answer as OperationOutcome);
  if (resourceType !== 'Bundle') return false;
  return ((answer as Bundle).entry ?? []).some(({ response }) => isOfAnother(response?.outcome as OperationOutcome));
}

const isOfAnother = (outcome: OperationOutcome | undefined): boolean =>
  outcome?.issue?.[0]?.details?.coding?.[0]?.code === OF_ANOTHER;
