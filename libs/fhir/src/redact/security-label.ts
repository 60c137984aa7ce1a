/** The labels of which an answer must hold nothing, as `system|code` (obligation of the consent decision). */
export interface WithheldLabels {
  readonly has: (security: unknown) => boolean;
}

/** Extension that labels one element instead of a resource (HL7 DS4P, "Inline Security Labels"). */
const INLINE_LABEL = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

/**
 * A label is met by its code and system; one that was written without a system is met by its code alone, since careless labelling must
 * not disclose. Codes below a withheld one (ETHUD under ETH) are for the policy to list: it knows which edition of v3-ActCode it means.
 */
export function withheldLabels(labels: readonly string[]): WithheldLabels {
  const full = new Set(labels);
  const codes = new Set(labels.map((label) => label.slice(label.lastIndexOf('|') + 1)));
  return {
    has(security) {
      if (!Array.isArray(security)) return false;
      return security.some((one: unknown) => {
        if (typeof one !== 'object' || one === null) return false;
        const { system, code } = one as { system?: unknown; code?: unknown };
        if (typeof code !== 'string') return false;
        return typeof system === 'string' && system !== '' ? full.has(`${system}|${code}`) : codes.has(code);
      });
    },
  };
}

/** Whether an element carries a withheld label of its own. */
export function isInlineLabelled(element: object, labels: WithheldLabels): boolean {
  const { extension } = element as { extension?: unknown };
  if (!Array.isArray(extension)) return false;
  return extension.some((one: unknown) => {
    if (typeof one !== 'object' || one === null) return false;
    const { url, valueCoding } = one as { url?: unknown; valueCoding?: unknown };
    return url === INLINE_LABEL && labels.has([valueCoding]);
  });
}

/** Whether a withheld label stands anywhere in a value: on it, on something contained, on an element. */
export function holdsLabel(value: unknown, labels: WithheldLabels): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((one: unknown) => holdsLabel(one, labels));
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (name === 'security' && labels.has(member)) return true;
    if (name === 'extension' && isInlineLabelled(value, labels)) return true;
    if (holdsLabel(member, labels)) return true;
  }
  return false;
}
