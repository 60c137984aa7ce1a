import { type AnyEventType, eventTypes, services, topicGrants } from '@hie/contracts';
import kafkajs, { type AclEntry, type Admin } from 'kafkajs';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** The broker's access list: each service's principal may do what the contracts say and nothing else. */
export function accessList(types: readonly AnyEventType[] = eventTypes): readonly AclEntry[] {
  const topics = topicGrants(types).flatMap(({ service, topic, operation }) => {
    const allowed = operation === 'read' ? AclOperationTypes.READ : AclOperationTypes.WRITE;
    return [allowed, AclOperationTypes.DESCRIBE].map((each) =>
      entry(service, AclResourceTypes.TOPIC, topic, ResourcePatternTypes.LITERAL, each),
    );
  });
  // The service's own group, and one for each of its instances.
  const groups = services.flatMap((service) => [
    entry(service, AclResourceTypes.GROUP, service, ResourcePatternTypes.LITERAL, AclOperationTypes.READ),
    entry(service, AclResourceTypes.GROUP, `${service}.`, ResourcePatternTypes.PREFIXED, AclOperationTypes.READ),
  ]);
  return [...topics, ...groups];
}

/** Grants the access list. Grants are additive and repeatable; the broker refuses what nobody granted. */
export async function provisionAcls(admin: Admin, types: readonly AnyEventType[] = eventTypes): Promise<void> {
  await admin.createAcls({ acl: [...accessList(types)] });
}

function entry(
  service: string,
  resourceType: AclEntry['resourceType'],
  resourceName: string,
  resourcePatternType: AclEntry['resourcePatternType'],
  operation: AclEntry['operation'],
): AclEntry {
  return {
    principal: `User:${service}`,
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    resourceType,
    resourceName,
    resourcePatternType,
    operation,
  };
}
