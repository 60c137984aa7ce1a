// Serves the log in a folder, and tells whoever started this thread where.
import { directoryReader } from '@hie/tile-storage';
import { headersOf, resourceOf } from '@hie/transparency-log';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const reader = directoryReader(workerData as string);
const server = createServer((request, response) => {
  const path = (request.url ?? '').slice(1);
  const resource = resourceOf(path);
  void Promise.resolve(resource && reader.read(path)).then((bytes) =>
    resource && bytes ? response.writeHead(200, headersOf(resource)).end(bytes) : response.writeHead(404).end(),
  );
});
server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
