/** What a local broker listens on. Ports of the loopback interface. */
export interface KafkaPorts {
  /** Mutual TLS: everybody's. */
  readonly mtls: number;
  /** The quorum's own, mutual TLS too. */
  readonly controller: number;
  /** Without TLS, without names: only for a benchmark's bare floor. */
  readonly plaintext?: number;
}

export interface KafkaProperties {
  readonly ports: KafkaPorts;
  /** The address that listeners bind: the loopback, or a container's every address behind a port published on the loopback. */
  readonly bind: '127.0.0.1' | '0.0.0.0';
  /** PEM: private key and certificate in one file, as Kafka wants it. */
  readonly keyStorePath: string;
  /** PEM: the authority's certificate. */
  readonly trustStorePath: string;
  readonly dataFolder: string;
}

/**
 * The `server.properties` of one node that is broker and controller (KRaft).
 *
 * - Every listener wants a certificate of the local authority; its common name is the principal, and a principal without
 *   a matching ACL may do nothing. `broker` and `admin` may do everything.
 * - No group waits before its first assignment and a member may be declared dead after a second, so that a killed
 *   service is served again in less than two.
 * - The broker stamps each message (`LogAppendTime`): a sender can't backdate what it announces.
 * - A topic exists because the contracts declare it, never because somebody wrote to its name.
 *
 * Pure.
 */
export function serverProperties({ ports, bind, keyStorePath, trustStorePath, dataFolder }: KafkaProperties): string {
  const listeners = [
    { name: 'MTLS', protocol: 'SSL', bind, port: ports.mtls },
    { name: 'CONTROLLER', protocol: 'SSL', bind: '127.0.0.1', port: ports.controller },
    ...(ports.plaintext === undefined
      ? []
      : [{ name: 'PLAINTEXT', protocol: 'PLAINTEXT', bind, port: ports.plaintext }]),
  ];
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${ports.controller}`,
    listeners: listeners.map(({ name, bind: address, port }) => `${name}://${address}:${port}`).join(','),
    'advertised.listeners': listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'MTLS',
    'listener.security.protocol.map': listeners.map(({ name, protocol }) => `${name}:${protocol}`).join(','),

    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStorePath,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': trustStorePath,
    'ssl.enabled.protocols': 'TLSv1.3',
    'ssl.protocol': 'TLSv1.3',
    'ssl.client.auth': 'required',
    'ssl.endpoint.identification.algorithm': 'https',
    'ssl.principal.mapping.rules': 'RULE:^CN=([a-z0-9-]+)$/$1/,DEFAULT',

    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': ['User:broker', 'User:admin', ...(ports.plaintext === undefined ? [] : ['User:ANONYMOUS'])].join(
      ';',
    ),
    'allow.everyone.if.no.acl.found': false,

    'log.dirs': dataFolder,
    'num.partitions': 1,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'auto.create.topics.enable': false,
    'log.message.timestamp.type': 'LogAppendTime',

    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,

    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // A killed broker may come back only when its last session is over: 9 s by default.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
