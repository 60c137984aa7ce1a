import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  context,
  propagation,
  trace,
} from '@opentelemetry/api';

const tracer = () => trace.getTracer('hie');

/** Headers a trace travels in (`traceparent`, W3C Trace Context). */
export type TraceCarrier = Record<string, string>;

export interface SpanSettings {
  readonly name: string;
  readonly kind?: 'server' | 'consumer' | 'client' | 'producer' | 'internal';
  /** Codes, counts and ids of the exchange; never a patient's data. */
  readonly attributes?: Attributes;
  /** Where the trace came from; the active context otherwise. */
  readonly from?: TraceCarrier;
}

const kinds = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
} as const;

/** Runs work in a span. An error marks the span with its code only: a message might hold what must not be exported. */
export async function inSpan<T>(settings: SpanSettings, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = settings.from === undefined ? context.active() : propagation.extract(context.active(), settings.from);
  const options = {
    kind: kinds[settings.kind ?? 'internal'],
    ...(settings.attributes === undefined ? {} : { attributes: settings.attributes }),
  };
  return tracer().startActiveSpan(settings.name, options, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The headers that carry the active trace onwards; empty when tracing is off. */
export function traceHeaders(from: Context = context.active()): TraceCarrier {
  const carrier: TraceCarrier = {};
  propagation.inject(from, carrier);
  return carrier;
}

/** The id under which the active trace is found, where there is one. */
export const activeTraceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'defect';
