import type { PersonPolicy } from '@hie/purpose-of-use';
import { SetMetadata } from '@nestjs/common';

export const FOR_PEOPLE = Symbol('people policy');

/** Which people a route serves, beside the systems it serves or alone. One without a declaration serves no person. */
export const ForPeople = (policy: PersonPolicy) => SetMetadata(FOR_PEOPLE, policy);
