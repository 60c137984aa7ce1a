import { OPERATOR, memberChangedSchema } from '@hie/contracts';
import { isPurpose } from '@hie/purpose-of-use';
import { z } from 'zod';

const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

/** What an administrator sends to bring a member in. */
export const memberRegistrationSchema = memberChangedSchema
  .omit({ eventId: true, version: true, at: true, status: true })
  .strict()
  .superRefine(({ memberId, clients, endpoints }, context) => {
    const fault = (message: string, ...path: (string | number)[]) =>
      context.addIssue({ code: 'custom', message, path });
    if (memberId === OPERATOR) fault('the name of who runs the exchange', 'memberId');
    clients.forEach(({ jwks, purposes, clientId }, at) => {
      if (jwks.keys.some((key) => PRIVATE_PARTS.some((part) => part in key))) {
        fault('a private key must never leave its owner', 'clients', at, 'jwks');
      }
      if (clientId === OPERATOR) fault('the name of who runs the exchange', 'clients', at, 'clientId');
      if (!purposes.every(isPurpose)) fault('unknown purpose of use', 'clients', at, 'purposes');
      if (clients.findIndex((other) => other.clientId === clientId) !== at)
        fault('named twice', 'clients', at, 'clientId');
    });
    endpoints.forEach(({ url }, at) => {
      const { protocol, username, password, hash } = new URL(url);
      if (protocol !== 'https:') fault('an endpoint is https', 'endpoints', at, 'url');
      if (username !== '' || password !== '' || hash !== '')
        fault('an endpoint holds no credentials', 'endpoints', at, 'url');
    });
  });

export type MemberRegistration = z.infer<typeof memberRegistrationSchema>;

export const suspensionSchema = z.object({ reason: z.string().min(1).max(256) }).strict();
