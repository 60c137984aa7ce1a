import type { HandlerPolicy } from '@hie/purpose-of-use';
import { SetMetadata } from '@nestjs/common';

export const SERVES = Symbol('handler policy');
export const PUBLIC = Symbol('public route');

/** Declares which purposes and scopes a route or topic serves. One without a declaration refuses everybody. */
export const Serves = (policy: HandlerPolicy) => SetMetadata(SERVES, policy);

/** A route that needs no authority: health, discovery, metadata. The list of them is asserted by a test. */
export const Public = () => SetMetadata(PUBLIC, true);
