import { systems } from '@hie/fhir';
import type { AuditEventAgent, Coding, Reference } from '@medplum/fhirtypes';

import { agentCodes } from './event-codes.js';
import { type EventKind, eventKindOf } from './event-kind.js';
import type { RecordedEntry } from './recorded-entry.js';

/** FHIR network-type. */
const MACHINE_NAME = '1';
const IP_ADDRESS = '2';

interface AgentTypes {
  /** The system that asked, or receives. */
  readonly client: Coding;
  /** The service that tells. */
  readonly service: Coding;
}

/**
 * The roles of BALP, which turn round: who asks is the source of a query and the destination of a disclosure; before an authorization server
 * it is the application.
 */
const agentTypes: Readonly<Record<EventKind['roles'], AgentTypes>> = {
  asks: { client: agentCodes.source, service: agentCodes.destination },
  discloses: { client: agentCodes.destination, service: agentCodes.source },
  decides: { client: agentCodes.application, service: agentCodes.authorizer },
  acts: { client: agentCodes.application, service: agentCodes.destination },
};

/** Exactly one agent is the requestor: the person where one is known, else the system, else the service that acted by itself. */
export function auditAgents(entry: RecordedEntry): AuditEventAgent[] {
  const { client, service } = agentTypes[eventKindOf(entry).roles];
  const { memberId, clientId, userId, address } = entry.requester ?? {};
  const asking: AuditEventAgent[] = [
    ...(userId === undefined
      ? []
      : [agent(agentCodes.user, { identifier: { system: systems.memberUser, value: userId } })]),
    ...(clientId === undefined && address === undefined ? [] : [clientAgent(client, clientId, address)]),
    ...(memberId === undefined
      ? []
      : [
          agent(agentCodes.organisation, {
            type: 'Organization',
            identifier: { system: systems.member, value: memberId },
            display: memberId,
          }),
        ]),
  ];
  const own = {
    ...agent(service, serviceReference(entry.service)),
    network: { address: entry.service, type: MACHINE_NAME },
  } satisfies AuditEventAgent;
  return [...asking, own].map((each, at) => ({ ...each, requestor: at === 0 }));
}

/** The system that asked: by its id, where it proved one, and by where it was connected from. */
function clientAgent(type: Coding, clientId: string | undefined, address: string | undefined): AuditEventAgent {
  const who =
    clientId === undefined ? undefined : { identifier: { system: systems.client, value: clientId }, display: clientId };
  return { ...agent(type, who), ...(address === undefined ? {} : { network: { address, type: IP_ADDRESS } }) };
}

/** A service of the exchange, as observer and as agent: the same, as BALP's invariant wants. */
export const serviceReference = (service: string): Reference<never> => ({
  identifier: { system: systems.service, value: service },
  display: service,
});

const agent = (type: Coding, who: AuditEventAgent['who']): AuditEventAgent => ({
  type: { coding: [type] },
  ...(who === undefined ? {} : { who }),
  requestor: false,
});
