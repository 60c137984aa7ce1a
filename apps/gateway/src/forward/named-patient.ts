import type { PatientHandles } from '../edge/patient-handle.js';

/** System of an identifier that is a member's handle: this, and the member's id. */
export const MEMBER_HANDLE_SYSTEM = 'https://hie.example/fhir/member-patient/';

/**
 * The person whom compliance staff mean by `Patient/<handle>`, the handle being the caller's own, or by `<system>|<handle>`, the handle
 * being the one that a member was given and the system naming the member.
 *
 * @returns `undefined` for what has neither form. Any well-formed handle is some person's id; whether anybody has it is known elsewhere.
 */
export function namedPerson(reference: string, handles: PatientHandles, callersMember: string): string | undefined {
  const own = /^Patient\/([^/|]+)$/.exec(reference)?.[1];
  if (own !== undefined) return handles.open(own, callersMember);
  if (!reference.startsWith(MEMBER_HANDLE_SYSTEM)) return undefined;
  const [member, handle, more] = reference.slice(MEMBER_HANDLE_SYSTEM.length).split('|');
  if (!member || handle === undefined || more !== undefined) return undefined;
  return handles.open(handle, decodeURIComponent(member));
}
