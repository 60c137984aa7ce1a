import { type LinkRule, type MatchModel, createMatchIndex, defaultLinkRule } from '@hie/matching-engine';
import { z } from 'zod';

const row = z.array(z.number().min(0).max(1.000001)).min(1).max(64);
const table = z.object({ match: row, kin: row, twin: row, namesake: row, stranger: row });
const positive = z.number().positive().finite();
const count = z.number().int().min(0);

const modelSchema: z.ZodType<MatchModel> = z.object({
  format: z.literal('hie-match-model/1'),
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  fields: z.array(z.object({ name: z.string().max(64), table })).max(32),
  pairsPerRecord: z.object({ match: positive, kin: positive, twin: positive, namesake: positive }),
  noisyShare: z.number().gt(0).lt(1),
  nameCoincidence: z.number().finite(),
  usesTermFrequency: z.boolean(),
  trainedOn: z.object({ records: count, pairs: count, iterations: count }),
});

const registrationSchema = z
  .object({
    model: modelSchema,
    thresholds: z
      .object({
        linkAtSum: z.number().finite(),
        vetoBelow: z.number().min(0).max(1),
        reviewAtMean: z.number().finite(),
      })
      .strict()
      .default(defaultLinkRule),
  })
  .strict();

export interface ModelRegistration {
  readonly model: MatchModel;
  readonly thresholds: LinkRule;
}

/**
 * Reads a model as `hie-match train` writes it, with the thresholds to use it with.
 *
 * @returns undefined for what is no model, or one for other fields than the index compares: such a model never gets as far as a decision.
 */
export function readModel(body: unknown): ModelRegistration | undefined {
  const parsed = registrationSchema.safeParse(body);
  return parsed.success && isFitting(parsed.data.model) ? parsed.data : undefined;
}

function isFitting(model: MatchModel): boolean {
  try {
    createMatchIndex({ capacity: 16, model });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
