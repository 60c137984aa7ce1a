import { Refusal } from '@hie/service-kit';
import type { z } from 'zod';

/** Reads what came with a request. @throws Refusal with the code and status given, and nothing of the value */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, code: string, status: number): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new Refusal(code, status);
  return result.data;
}
