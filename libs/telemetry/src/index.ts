export { type StopTracing, startTracing } from './exporter.js';
export { errorFields, loggerOptions } from './logging.js';
export { type SpanSettings, type TraceCarrier, activeTraceId, inSpan, traceHeaders } from './tracing.js';
