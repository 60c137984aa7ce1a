import { isRole } from '@hie/purpose-of-use';
import { z } from 'zod';

const role = z.string().refine(isRole, 'unknown role');

/** What an administrator sends to invite somebody. */
export const personInvitationSchema = z
  .object({
    memberId: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/),
    name: z.string().trim().min(1).max(256),
    email: z.email().max(254),
    roles: z.array(role).min(1).max(8),
    /** Of a patient or a proxy: the member's handle of the patient, the id of `Patient/…` at the gateway. It has the form of a UUID, of no version. */
    patient: z.guid().toLowerCase().optional(),
    /** When a proxy's right ends. */
    until: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text))
      .optional(),
  })
  .strict()
  .refine(({ until, roles }) => until === undefined || roles.includes('proxy'), 'only a proxy’s right ends');

export type PersonInvitation = z.infer<typeof personInvitationSchema>;

export const reasonSchema = z.object({ reason: z.string().trim().min(1).max(256) }).strict();

export const recoverySchema = z
  .object({
    /** Whether the authenticator app is lost too; its code is asked for otherwise. */
    appLost: z.boolean(),
  })
  .strict();
