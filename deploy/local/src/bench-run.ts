import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One measured figure, in the form that all benchmarks of the project share. */
const figure = z.object({
  name: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  target: z.unknown().optional(),
  comparison: z.unknown().optional(),
  met: z.boolean().nullable().optional(),
});

/** `bench/results/<name>.json`. */
export const benchResultSchema = z.object({ figures: z.array(figure) });

export type Figure = z.infer<typeof figure>;

/** Names of the benchmarks: `<name>.ts` in `bench/src`. */
export function benchNames(sourceFolder: string): readonly string[] {
  return readdirSync(sourceFolder)
    .filter((file) => file.endsWith('.ts') && !/\.(int-)?spec\.ts$|^index\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** The figures of a benchmark's last run that miss their target. */
export function unmetFigures(resultsFolder: string, name: string): readonly Figure[] {
  const result = benchResultSchema.parse(JSON.parse(readFileSync(join(resultsFolder, `${name}.json`), 'utf8')));
  return result.figures.filter(({ met }) => met === false);
}
