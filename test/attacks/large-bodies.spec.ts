// ATTACKS.md D2 at the gateway's doors: a body over the limit is refused with a stable code, whether its length is said or not, and before
// all of it has come.
import type { TLSSocket } from 'node:tls';

import { eventually } from '../support/doors.js';
import { Forger } from '../support/forger.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { type Ended, openTls, untilEnded } from '../support/sockets.js';

const MIB = 1024 * 1024;
const LIMIT = 4 * MIB;
/** What somebody sends who does not stop; the answer has to come before. */
const MOST = 16 * MIB;
const PIECE = Buffer.alloc(64 * 1024, 0x20);

const doors = [
  ['of FHIR', '/fhir/Patient/$match', 'application/fhir+json'],
  ['of CDS Hooks', '/cds-services/patient-arrival', 'application/json'],
] as const;

describe('the gateway’s door', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  const opened: TLSSocket[] = [];
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.destroy()));
  afterAll(async () => {
    await forger.close();
    await exchange.close();
  });

  /** A request of which the headers are sent, and what is answered to it. */
  async function begun(path: string, contentType: string, length: string): Promise<{ socket: TLSSocket } & Ended> {
    const { url } = exchange.description.gateway;
    const headers = Object.entries({
      ...forger.presenting(forger.issued(), 'POST', `${url}${path}`),
      ...{ host: new URL(url).host, 'content-type': contentType },
    });
    const socket = await openTls(exchange, url);
    opened.push(socket);
    const ended = untilEnded(socket);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`POST ${path} HTTP/1.1\r\n${lines}${length}\r\n\r\n`);
    return { socket, ...ended };
  }
  const written = (socket: TLSSocket, bytes: Buffer | string): Promise<void> =>
    new Promise((resolve) => socket.write(bytes, () => resolve()));
  /** The whole answer, as soon as it is there. */
  const answerIn = ({ soFar }: Ended) =>
    eventually(() => {
      const [head = '', body = ''] = soFar().split('\r\n\r\n');
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
      return Promise.resolve(Buffer.byteLength(body) >= length ? { head, body } : undefined);
    });
  const refused = ({ head, body }: { head: string; body: string }) => {
    expect(head).toMatch(/^HTTP\/1\.1 413 /);
    expect(JSON.parse(body)).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'too-long', details: { coding: [{ code: 'body-too-large' }] } }],
    });
  };

  it.each(doors)('%s says so of a length that is over the limit, before a byte of it', async (_name, path, type) => {
    refused(await answerIn(await begun(path, type, `content-length: ${LIMIT + 1}`)));
  });

  it.each(doors)('%s says so of chunks whose length nobody said, before the last', async (_name, path, type) => {
    const { socket, ...ended } = await begun(path, type, 'transfer-encoding: chunked');
    let sent = 0;
    while (ended.soFar() === '' && sent < MOST && socket.writable) {
      await written(socket, `${PIECE.length.toString(16)}\r\n`);
      await written(socket, PIECE);
      await written(socket, '\r\n');
      sent += PIECE.length;
    }
    refused(await answerIn(ended));
    expect(sent).toBeGreaterThan(LIMIT);
    expect(sent).toBeLessThan(MOST);
  });

  it.each(doors)('%s takes chunks that are within the limit', async (_name, path, type) => {
    const { socket, ...ended } = await begun(path, type, 'transfer-encoding: chunked');
    socket.write('2\r\n{}\r\n0\r\n\r\n');
    expect((await answerIn(ended)).head).not.toMatch(/^HTTP\/1\.1 413 /);
  });
});
