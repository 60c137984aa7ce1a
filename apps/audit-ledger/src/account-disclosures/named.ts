// 45 CFR 164.528(b)(2)(ii), the name of the entity that received: https://www.ecfr.gov/current/title-45/section-164.528
import type { Disclosure } from '@hie/ledger-report';

/** A disclosure with the names that its members bear now; whom nobody has told of is called by the id. */
export function named(disclosure: Disclosure, nameOf: (memberId: string) => string | undefined): Disclosure {
  const { recipient, sources } = disclosure;
  const name = recipient.memberId === undefined ? undefined : nameOf(recipient.memberId);
  return {
    ...disclosure,
    recipient: { ...recipient, ...(name === undefined ? {} : { name }) },
    sourceNames: sources.map((memberId) => nameOf(memberId) ?? memberId),
  };
}
