import { type KafkaProperties, serverProperties } from './server-properties.js';

const base: KafkaProperties = {
  ports: { mtls: 29194, controller: 29193 },
  bind: '127.0.0.1',
  keyStorePath: '/run/broker.pem',
  trustStorePath: '/run/ca.pem',
  dataFolder: '/run/data',
};
const read = (properties: KafkaProperties): Map<string, string> =>
  new Map(
    serverProperties(properties)
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

describe(serverProperties.name, () => {
  it('listens on the loopback with TLS alone', () => {
    const properties = read(base);
    expect(properties.get('listeners')).toBe('MTLS://127.0.0.1:29194,CONTROLLER://127.0.0.1:29193');
    expect(properties.get('listener.security.protocol.map')).toBe('MTLS:SSL,CONTROLLER:SSL');
    expect(properties.get('ssl.client.auth')).toBe('required');
    expect(properties.get('ssl.enabled.protocols')).toBe('TLSv1.3');
  });

  it('lets nobody do anything by default, and two principals everything', () => {
    const properties = read(base);
    expect(properties.get('allow.everyone.if.no.acl.found')).toBe('false');
    expect(properties.get('super.users')).toBe('User:broker;User:admin');
    expect(properties.get('ssl.principal.mapping.rules')).toBe('RULE:^CN=([a-z0-9-]+)$/$1/,DEFAULT');
  });

  it('lets the nameless do everything only where a benchmark asked for a listener without TLS', () => {
    const properties = read({ ...base, ports: { ...base.ports, plaintext: 29195 } });
    expect(properties.get('listeners')).toMatch(/,PLAINTEXT:\/\/127\.0\.0\.1:29195$/);
    expect(properties.get('listener.security.protocol.map')).toBe('MTLS:SSL,CONTROLLER:SSL,PLAINTEXT:PLAINTEXT');
    expect(properties.get('super.users')).toBe('User:broker;User:admin;User:ANONYMOUS');
  });

  it('binds every address only inside a container, and still tells clients the loopback', () => {
    const properties = read({ ...base, bind: '0.0.0.0' });
    expect(properties.get('listeners')).toBe('MTLS://0.0.0.0:29194,CONTROLLER://127.0.0.1:29193');
    expect(properties.get('advertised.listeners')).toBe('MTLS://127.0.0.1:29194,CONTROLLER://127.0.0.1:29193');
  });

  it('stamps messages itself and makes no topic by accident', () => {
    const properties = read(base);
    expect(properties.get('log.message.timestamp.type')).toBe('LogAppendTime');
    expect(properties.get('auto.create.topics.enable')).toBe('false');
  });
});
