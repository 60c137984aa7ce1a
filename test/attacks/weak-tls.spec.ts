// ATTACKS.md D10 at every door of the exchange and at its Kafka: an old version of TLS, or a weak suite of it, is no way in.
import { type ConnectionOptions } from 'node:tls';

import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { openTls } from '../support/sockets.js';

/** OpenSSL would not even offer these by itself. */
const WEAK = 'DEFAULT:NULL:aNULL@SECLEVEL=0';
const services = [
  ...['gateway', 'identity-provider', 'participants', 'patient-index', 'consent', 'record-locator'],
  ...['document-query', 'audit-ledger'],
];

const only = (version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2', ciphers = WEAK): ConnectionOptions => ({
  ...{ minVersion: version, maxVersion: version, ciphers },
});
const attempts: readonly (readonly [string, ConnectionOptions])[] = [
  ['TLS 1.0', only('TLSv1')],
  ['TLS 1.1', only('TLSv1.1')],
  ['TLS 1.2', only('TLSv1.2')],
  ['TLS 1.2 with suites of CBC and SHA-1', only('TLSv1.2', 'AES128-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0')],
  ['TLS 1.2 without a key agreement', only('TLSv1.2', 'AES128-GCM-SHA256:@SECLEVEL=0')],
  ['TLS 1.2 without encryption', only('TLSv1.2', 'NULL-SHA256:@SECLEVEL=0')],
];

describe.each([...services, 'kafka'])('the door of %s', (door) => {
  let exchange: SharedExchange;
  let url: string;
  beforeAll(() => {
    exchange = sharedExchange();
    const [broker = ''] = exchange.description.kafka.brokers.split(',');
    url = door === 'kafka' ? `https://${broker}` : (exchange.urls[door] as string);
  });
  afterAll(() => exchange.close());

  it.each(attempts)('D10: speaks no %s', async (_name, options) => {
    // The other side says why: a refusal of this side's own OpenSSL would show nothing.
    await expect(openTls(exchange, url, options)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });

  it('D10: speaks TLS 1.3', async () => {
    const socket = await openTls(exchange, url, { minVersion: 'TLSv1.3' });
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
  });
});
