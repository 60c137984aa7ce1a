import { serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

export const patientIndexConfigSchema = serviceConfigSchema.extend({
  REGION_POPULATION: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_000_000)
    .describe('people of the region, known to the index or not: how many strangers a coincidence may be of'),
  INDEX_SNAPSHOT_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder for the encrypted snapshot of the index; without one, every start reads all records'),
  INDEX_MAX_LAG_MS: z.coerce
    .number()
    .int()
    .min(200)
    .default(2_000)
    .describe('an instance whose index may lack what was committed longer ago answers nobody'),
});

export type PatientIndexConfig = z.infer<typeof patientIndexConfigSchema>;
