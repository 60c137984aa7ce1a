// OAuth 2.0 for native apps, loopback interface redirection: https://www.rfc-editor.org/rfc/rfc8252#section-7.3
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/callback';

/** The place on this machine that a sign-in leads back to, at a port that was free. */
export class LoopbackRedirect {
  private constructor(private readonly server: Server) {}

  static async open(): Promise<LoopbackRedirect> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return new LoopbackRedirect(server);
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${PATH}`;
  }

  /**
   * Waits for the browser to come back, and says so to the person.
   *
   * @param state of the sign-in; whoever comes without it is another page of the same browser, and is not listened to
   * @returns the parameters; `undefined` when nobody came in time
   */
  async parameters(state: string, withinMs: number): Promise<URLSearchParams | undefined> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve) => {
        timer = setTimeout(() => resolve(undefined), withinMs);
        this.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
          const { pathname, searchParams } = new URL(request.url ?? '/', this.uri);
          if (request.method !== 'GET' || pathname !== PATH || searchParams.get('state') !== state) {
            return void answer(response, 404, 'There is nothing here.');
          }
          const isIn = searchParams.has('code');
          answer(
            response,
            200,
            isIn ? 'You can close this page, and go on at the command line.' : 'You are not signed in.',
          );
          resolve(searchParams);
        });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets answers under way be read. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
    });
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
      'cache-control': 'no-store',
      // What the address holds is for this program alone.
      'referrer-policy': 'no-referrer',
      connection: 'close',
    })
    .end(`<!doctype html><html lang="en"><title>Health information exchange</title><p>${text}</p></html>`);
}
