import type { ServiceName } from '@hie/contracts';

import { type Figure, figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { arrived, ask, contractOf, hop, readerOf, writerOf } from './measured-message.js';

const inner: readonly ServiceName[] = ['patient-index', 'consent', 'record-locator', 'document-query'];

/**
 * The whole path of a query of 4 KB, one hop after the other as one query takes them: token and data key at the gateway, four
 * services, each with a reader of its own that has never seen the transaction, and the gateway again, which verifies every seal.
 *
 * It has neither Kafka nor PostgreSQL, nor the ledger's messages, which are written beside the path.
 */
export async function measureQuery(queries: number): Promise<readonly Figure[]> {
  const gateway = { reader: readerOf('gateway'), writer: writerOf('gateway') };
  const services = inner.map((service) => ({ service, reader: readerOf(service), writer: writerOf(service) }));
  const whole: number[] = [];
  for (let at = 0; at < queries * 2; at += 1) {
    const began = performance.now();
    let message = await ask(gateway.writer, 'small');
    for (const { service, reader, writer } of services) message = await hop(service, reader, writer, arrived(message));
    await gateway.reader.read(contractOf('gateway', 'in'), arrived(message));
    // The first half warms up.
    if (at >= queries) whole.push(performance.now() - began);
  }
  return [
    figure({
      name: 'whole query of five hops of 4 KB, no token met before: p50',
      value: quantile(whole, 0.5),
      unit: 'ms',
      target: { below: 1.5 },
    }),
    figure({
      name: 'whole query of five hops of 4 KB, no token met before: p99',
      value: quantile(whole, 0.99),
      unit: 'ms',
    }),
  ];
}
