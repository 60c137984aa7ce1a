// One trace shows the whole query, over HTTP and Kafka, from the header that the caller sent.
import { randomBytes } from 'node:crypto';

import { services } from '@hie/contracts';
import { request } from 'undici';

import { arrivalBody, emrOf, eventually } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service: string;
}

const onTheWay = ['gateway', 'patient-index', 'consent', 'record-locator', 'document-query', 'audit-ledger'];

describe('a trace', () => {
  let exchange: SharedExchange;
  beforeAll(() => {
    exchange = sharedExchange();
  });
  afterAll(() => exchange.close());

  it('has a span of every service of the query, each below another, and the gateway’s at its top', async () => {
    expect(services).toEqual(expect.arrayContaining(onTheWay));
    const story = await leadStory(exchange);
    const [traceId, parent] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
    const answer = await emrOf(exchange, story).call(
      'POST',
      `${exchange.description.gateway.url}/cds-services/patient-arrival`,
      {
        purpose: 'ETREAT',
        scope: 'system/*.rs',
        body: arrivalBody(await arrivingPatient(exchange, story)),
        headers: { traceparent: `00-${traceId}-${parent}-01`, baggage: 'name=Callahan' },
      },
    );
    expect(answer.status).toBe(200);
    // Spans leave a process every five seconds.
    const spans = await eventually(async () => {
      const { body } = await request(`${exchange.collectorUrl}/spans`);
      const found = ((await body.json()) as Span[]).filter((span) => span.traceId === traceId);
      return onTheWay.every((service) => found.some((span) => span.service === service)) ? found : undefined;
    }, 20_000);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const tops = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''));
    expect(tops.map(({ service, name, parentSpanId }) => ({ service, name, parentSpanId }))).toEqual([
      { service: 'gateway', name: 'POST /cds-services/:id', parentSpanId: parent },
    ]);
  });
});
