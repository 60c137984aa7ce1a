// The load, in a process of its own so that it shares no event loop with what starts, watches and measures.
// `POST /run` with a `LoadOrder` answers with a `LoadReport`; one order at a time.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import { askers } from './askers.js';
import { closedLoop } from './closed-loop.js';
import type { LoadOrder, LoadSetting } from './load-order.js';

const setting = JSON.parse(readFileSync(process.env['LOAD_SETTING'] ?? '', 'utf8')) as LoadSetting;
const askerOf = askers(setting);

const server = createServer((request, reply) => {
  if (request.url !== '/run') {
    reply.end();
    return;
  }
  text(request)
    .then(async (body) => {
      const order = JSON.parse(body) as LoadOrder;
      reply.end(JSON.stringify(await closedLoop(askerOf(order), order.inFlight, order.forMs)));
    })
    .catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      reply.writeHead(500).end();
    });
});
server.requestTimeout = 0;
server.listen(setting.port, '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
