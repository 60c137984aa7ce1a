import { z } from 'zod';

/** What a member does wrong, as it is set through the admin API. All of it at once is allowed. */
export const faultsSchema = z.strictObject({
  slowMs: z.int().min(0).max(600_000).optional().describe('Waits this long before it answers.'),
  dead: z
    .enum(['refuse', 'hang'])
    .optional()
    .describe('refuse: the port is closed. hang: connections are taken and never answered.'),
  resetMidBody: z.boolean().optional().describe('Sends half of the body, then resets the connection.'),
  status: z.int().min(400).max(599).optional().describe('Answers with this HTTP status and an OperationOutcome.'),
  retryAfterS: z.int().min(0).max(3600).optional().describe('Retry-After to go with `status`.'),
  redirect: z
    .strictObject({ status: z.union([z.literal(301), z.literal(302), z.literal(307), z.literal(308)]), to: z.url() })
    .optional()
    .describe('Sends whoever asks elsewhere, with this HTTP status.'),
  malformedJson: z.boolean().optional().describe('Answers 200 with a body that ends in the middle.'),
  wrongPatient: z
    .boolean()
    .optional()
    .describe("Answers with another patient's resources, who say so in their subject."),
  strangers: z
    .url()
    .optional()
    .describe('Mixes in what is about another patient, or lies at another server, whose URL this is.'),
  nextPageAt: z.url().optional().describe('Says of every searchset that its next page is at this URL.'),
  duplicates: z.boolean().optional().describe('Sends every entry twice, the second time under another id.'),
  flapping: z
    .strictObject({ upMs: z.int().min(10).max(600_000), downMs: z.int().min(10).max(600_000) })
    .optional()
    .describe('Well for upMs, then faulty for downMs, and again. With no other fault set, faulty means a closed port.'),
  on: z
    .array(z.enum(['fhir', 'token', 'metadata']))
    .min(1)
    .default(['fhir'])
    .describe('Which requests are hit; `dead` hits every connection.'),
  resourceTypes: z
    .array(z.string())
    .optional()
    .describe('Only reads and searches of these types; a batch is hit when it asks for one.'),
});

/** Faults that were checked. */
export type Faults = z.infer<typeof faultsSchema>;

/** No fault at all. */
export const WELL: Faults = { on: ['fhir'] };

/**
 * The faults in force at a moment.
 *
 * @param elapsedMs time since they were set: a flapping member begins its well phase then.
 */
export function faultsAt(faults: Faults, elapsedMs: number): Faults {
  const { flapping, ...others } = faults;
  if (flapping === undefined) return faults;
  const phaseMs = elapsedMs % (flapping.upMs + flapping.downMs);
  if (phaseMs < flapping.upMs) return WELL;
  return hasAnother(others) ? others : { ...others, dead: 'refuse' };
}

/** Milliseconds until a flapping member changes; undefined when it does not flap. */
export function nextChangeMs({ flapping }: Faults, elapsedMs: number): number | undefined {
  if (flapping === undefined) return undefined;
  const phaseMs = elapsedMs % (flapping.upMs + flapping.downMs);
  return (phaseMs < flapping.upMs ? flapping.upMs : flapping.upMs + flapping.downMs) - phaseMs;
}

/** Whether a request is one that the faults are meant for. */
export function hits(faults: Faults, area: Faults['on'][number], types: readonly string[]): boolean {
  if (!faults.on.includes(area)) return false;
  return faults.resourceTypes === undefined || types.some((type) => faults.resourceTypes?.includes(type));
}

/** Whether there is a fault beside flapping; which requests are hit, and what goes along with a status, is none. */
function hasAnother({ on, resourceTypes, retryAfterS, ...faults }: Omit<Faults, 'flapping'>): boolean {
  return Object.values(faults).some((fault) => fault !== undefined && fault !== false);
}
