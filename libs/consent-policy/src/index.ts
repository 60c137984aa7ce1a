export { type Disclosure, type DisclosureRequest, decideDisclosure, decidedUntil } from './decide-disclosure.js';
export type { Directive, Provision } from './directive.js';
export { type Policy, defaultPolicy } from './policy.js';
