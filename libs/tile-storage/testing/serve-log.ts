import { headersOf, type LogReader, resourceOf } from '@hie/transparency-log';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** Serves the resources of a log, and nothing else, as tlog-tiles wants it. */
export async function serveLog(reader: LogReader): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    const resource = resourceOf(path);
    const bytes = resource && reader.read(path);
    void Promise.resolve(bytes).then((found) =>
      found === undefined || resource === undefined
        ? response.writeHead(404).end()
        : response.writeHead(200, headersOf(resource)).end(found),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
