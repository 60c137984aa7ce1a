import { type ServiceConfig, kafkaIdentity } from './service.config.js';

const config = { TLS_CA: 'ca', TLS_CERT: 'crt', TLS_KEY: 'key' } as ServiceConfig;

describe('kafkaIdentity', () => {
  it('is the service’s own, unless Kafka has another authority', () => {
    expect(kafkaIdentity(config)).toEqual({ caPath: 'ca', certPath: 'crt', keyPath: 'key' });
    const other = { KAFKA_CA: 'k-ca', KAFKA_CERT: 'k-crt', KAFKA_KEY: 'k-key' };
    expect(kafkaIdentity({ ...config, ...other })).toEqual({ caPath: 'k-ca', certPath: 'k-crt', keyPath: 'k-key' });
  });
});
