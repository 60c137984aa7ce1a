/** Stops the exporter after sending what is left. */
export type StopTracing = () => Promise<void>;

/**
 * Starts exporting spans over OTLP when `OTEL_EXPORTER_OTLP_ENDPOINT` is set; otherwise every span is a no-op and the SDK is
 * not even loaded, because it costs each process some 20 MB.
 *
 * No automatic instrumentation: it would put URLs and SQL into spans, and those hold identifiers.
 */
export async function startTracing(service: string, env: NodeJS.ProcessEnv = process.env): Promise<StopTracing> {
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || endpoint === '') return () => Promise.resolve();
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName: service, instrumentations: [] });
  sdk.start();
  return () => sdk.shutdown();
}
