import { memberNetworks, serviceConfigSchema } from '@hie/service-kit';
import type { z } from 'zod';

export const participantsConfigSchema = serviceConfigSchema.extend({ MEMBER_NETWORKS: memberNetworks });

export type ParticipantsConfig = z.infer<typeof participantsConfigSchema>;
