// The receiving end of OTLP over HTTP in JSON, for tests: keeps spans, and shows them at GET /spans.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** @returns {Promise<{ url: string, spans: object[], stop: () => Promise<void> }>} */
export async function startCollector() {
  const spans = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'POST') spans.push(...spansIn(Buffer.concat(chunks), request.headers['content-encoding']));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(request.method === 'GET' ? JSON.stringify(spans) : '{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    spans,
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

function spansIn(body, encoding) {
  const { resourceSpans = [] } = JSON.parse(encoding === 'gzip' ? gunzipSync(body) : body);
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service })));
  });
}
