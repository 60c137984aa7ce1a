/** The shape of a JSON value as FHIR R4 defines it, for the elements that are read. */
export type Shape =
  'string' | 'boolean' | 'number' | { readonly list: Shape } | { readonly fields: Readonly<Record<string, Shape>> };

export const list = (of: Shape): Shape => ({ list: of });
export const object = (fields: Readonly<Record<string, Shape>>): Shape => ({ fields });

const coding = object({ system: 'string', code: 'string', display: 'string' });
/** Data types of R4 (https://hl7.org/fhir/R4/datatypes.html), as far as they are read. */
export const concept = object({ coding: list(coding), text: 'string' });
export const reference = object({
  reference: 'string',
  display: 'string',
  identifier: object({ system: 'string', value: 'string' }),
});
export const identifier = object({ system: 'string', value: 'string' });
export const quantity = object({ value: 'number', unit: 'string', code: 'string', system: 'string' });
export const period = object({ start: 'string', end: 'string' });
const range = object({ low: quantity, high: quantity });
export const dosage = object({
  text: 'string',
  patientInstruction: 'string',
  asNeededBoolean: 'boolean',
  route: concept,
  timing: object({
    code: concept,
    repeat: object({ frequency: 'number', period: 'number', periodUnit: 'string', when: list('string') }),
  }),
  doseAndRate: list(object({ doseQuantity: quantity, doseRange: range })),
});

/**
 * Where `value` first departs from `shape`, as a path below it (`coding[0].code`), or `undefined` when it fits. Members that the shape does
 * not name are not looked at; `null` counts as absent.
 */
export function faultIn(value: unknown, shape: Shape): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'string') return typeof value === shape ? undefined : '';
  if ('list' in shape) {
    if (!Array.isArray(value)) return '';
    for (let at = 0; at < value.length; at += 1) {
      const fault = faultIn(value[at], shape.list);
      if (fault !== undefined) return `[${at}]${dotted(fault)}`;
    }
    return undefined;
  }
  if (typeof value !== 'object' || Array.isArray(value)) return '';
  for (const name in shape.fields) {
    const fault = faultIn((value as Record<string, unknown>)[name], shape.fields[name] as Shape);
    if (fault !== undefined) return `${name}${dotted(fault)}`;
  }
  return undefined;
}

function dotted(path: string): string {
  return path === '' || path.startsWith('[') ? path : `.${path}`;
}

export interface Survey {
  /** Values in it, itself included. */
  readonly nodes: number;
  readonly depth: number;
  /** Whether a `null` stands in it: FHIR JSON has none outside of primitive arrays, careless servers do. */
  readonly hasNull: boolean;
}

/** Beyond these a resource is refused: what comes after walks it by recursion, and writes it out again. */
export const limits = { depth: 32, nodes: 20_000 } as const;

/** Measures a value, and stops as soon as it is beyond the limits. */
export function survey(value: unknown): Survey {
  let nodes = 0;
  let deepest = 0;
  let hasNull = false;
  const visit = (one: unknown, depth: number): void => {
    nodes += 1;
    if (depth > deepest) deepest = depth;
    if (one === null) hasNull = true;
    if (typeof one !== 'object' || one === null || deepest > limits.depth || nodes > limits.nodes) return;
    if (Array.isArray(one)) for (const member of one) visit(member, depth + 1);
    else for (const name in one) visit((one as Record<string, unknown>)[name], depth + 1);
  };
  visit(value, 1);
  return { nodes, depth: deepest, hasNull };
}

/** A copy without `null`: members are left out, places in lists close up. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map((one: unknown) => withoutNulls(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member as unknown)])) as T;
}
