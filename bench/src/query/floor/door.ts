import { readFileSync } from 'node:fs';
import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** Mean sizes of the messages a process has read, for who wants to send as large ones. */
export interface WireSizes {
  readonly messages: number;
  readonly valueBytes: number;
  readonly headerBytes: number;
}

/** Adds up what messages weigh on the wire. */
export class SizeMeter {
  private messages = 0;
  private valueBytes = 0;
  private headerBytes = 0;

  add(valueBytes: number, headers: Readonly<Record<string, string>>): void {
    this.messages += 1;
    this.valueBytes += valueBytes;
    for (const [name, value] of Object.entries(headers)) this.headerBytes += name.length + value.length;
  }

  sizes(): WireSizes {
    const mean = (sum: number): number => Math.round(sum / Math.max(1, this.messages));
    return {
      messages: this.messages,
      valueBytes: mean(this.valueBytes),
      headerBytes: mean(this.headerBytes),
    };
  }
}

export interface DoorOptions {
  readonly port: number;
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
  readonly sizes: SizeMeter;
  /** At the floor's gateway: sends a query around and resolves with what came back. */
  readonly ask?: () => Promise<Buffer>;
}

/** The HTTP side of a floor's process: `/ready`, `/sizes`, and at the gateway `POST /ask`. */
export async function openDoor({ port, tls, sizes, ask }: DoorOptions): Promise<void> {
  const answer = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    request.resume();
    if (request.url === '/ask' && ask !== undefined) reply.end(await ask());
    else if (request.url === '/sizes') reply.end(JSON.stringify(sizes.sizes()));
    else if (request.url === '/ready') reply.end();
    else reply.writeHead(404).end();
  };
  const listener: RequestListener = (request, reply) => {
    answer(request, reply).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      reply.writeHead(503).end();
    });
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer(
          { cert: readFileSync(tls.certPath), key: readFileSync(tls.keyPath), minVersion: 'TLSv1.3' },
          listener,
        );
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
}

const ANSWER_WITHIN_MS = 20_000;

/** Queries that are under way, by their id. */
export class Awaited {
  private readonly waiting = new Map<string, { resolve: (answer: Buffer) => void; timer: NodeJS.Timeout }>();

  /** Rejects when nothing comes back within twenty seconds. */
  wait(txn: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(txn);
        reject(new Error('no answer'));
      }, ANSWER_WITHIN_MS);
      this.waiting.set(txn, { resolve, timer });
    });
  }

  answered(txn: string, answer: Buffer): void {
    const found = this.waiting.get(txn);
    if (found === undefined) return;
    clearTimeout(found.timer);
    this.waiting.delete(txn);
    found.resolve(answer);
  }
}
