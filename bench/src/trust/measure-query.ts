import type { ServiceName } from '@hie/contracts';

import { type Figure, figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { bareOperations, bareQuery } from './bare-operations.js';
import { arrived, ask, contractOf, hop, readerOf, wholeGateway, writerOf } from './measured-message.js';

const inner: readonly ServiceName[] = ['patient-index', 'consent', 'record-locator', 'document-query'];

/**
 * The whole path of a query of 4 KB, one hop after the other as one query takes them: the token at the gateway, four
 * services, each with a reader of its own that has never seen the transaction, and the gateway again, which verifies every seal but its own.
 *
 * It has neither Kafka nor PostgreSQL, nor the ledger's messages, which are written beside the path.
 */
export async function measureQuery(queries: number): Promise<readonly Figure[]> {
  const gateway = wholeGateway();
  const services = inner.map((service) => ({ service, reader: readerOf(service), writer: writerOf(service) }));
  const operations = bareOperations(arrived(await ask(gateway.writer, 'small')), 'small');
  const whole: number[] = [];
  const bare: number[] = [];
  for (let at = 0; at < queries * 2; at += 1) {
    const began = performance.now();
    let message = await ask(gateway.writer, 'small', gateway.tokens);
    for (const { service, reader, writer } of services) message = await hop(service, reader, writer, arrived(message));
    await gateway.reader.read(contractOf('gateway', 'in'), arrived(message));
    // The first half warms up.
    const ended = performance.now();
    bareQuery(operations);
    if (at >= queries) {
      whole.push(ended - began);
      bare.push(performance.now() - ended);
    }
  }
  const [ofQuery, ofBare] = [quantile(whole, 0.5), quantile(bare, 0.5)];
  const comparison = { name: 'its operations on node:crypto alone', value: ofBare, ratio: ofQuery / ofBare };
  return [
    figure({
      name: 'whole query of five hops of 4 KB, no token met before: p50',
      value: ofQuery,
      unit: 'ms',
      target: { below: 1.5 },
      comparison,
    }),
    figure({
      name: 'whole query of five hops of 4 KB, no token met before: p99',
      value: quantile(whole, 0.99),
      unit: 'ms',
    }),
  ];
}
