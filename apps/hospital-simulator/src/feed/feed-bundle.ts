import { type Bundle, type Patient } from '@medplum/fhirtypes';

/** Most patients of one batch. */
export const MAX_FEED_BATCH = 200;

/**
 * A batch of Patient Identity Feed messages (IHE PIXm ITI-104): one conditional update for each patient, by its identifier in this member's
 * domain. https://profiles.ihe.net/ITI/PIXm/ITI-104.html
 *
 * @param system the member's identifier system; each patient has an identifier in it.
 */
export function feedBundle(patients: readonly Patient[], system: string): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'batch',
    entry: patients.map((resource) => {
      const value = resource.identifier?.find((identifier) => identifier.system === system)?.value ?? '';
      return {
        resource,
        request: { method: 'PUT', url: `Patient?identifier=${encodeURIComponent(`${system}|${value}`)}` },
      };
    }),
  };
}

/** The status of each entry of a batch-response; undefined when the text is no batch-response of so many entries. */
export function entryStatuses(text: string, count: number): readonly number[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const entries =
    typeof json === 'object' && json !== null && 'entry' in json && Array.isArray(json.entry)
      ? (json.entry as readonly unknown[])
      : [];
  if (entries.length !== count) return undefined;
  return entries.map((entry) =>
    Number.parseInt(String((entry as { response?: { status?: unknown } } | null)?.response?.status ?? 0), 10),
  );
}
