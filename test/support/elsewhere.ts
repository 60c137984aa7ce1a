import { type AddressInfo, type Server, createServer } from 'node:net';

/** A server that nobody is to come to: it counts who does, and hangs up. */
export class Elsewhere {
  /** How often somebody came. */
  callers = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.callers += 1;
      socket.destroy();
    });
  }

  static async open(): Promise<Elsewhere> {
    const elsewhere = new Elsewhere(createServer());
    // A test that fails before it closes this ends all the same.
    elsewhere.server.unref();
    await new Promise<void>((resolve) => elsewhere.server.listen(0, '127.0.0.1', resolve));
    return elsewhere;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
