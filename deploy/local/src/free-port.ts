import { createServer } from 'node:net';

import { LocalExchangeError } from './local-exchange-error.js';

const LOOPBACK = '127.0.0.1';

/**
 * A port of the loopback interface that nobody listens on now. Somebody else may take it before it is used: whoever
 * binds it must be ready to be told so and to ask for another.
 *
 * @param wanted a certain port; without one the system chooses.
 * @throws LocalExchangeError `port-taken` when the wanted one is in use.
 */
export async function freePort(wanted = 0): Promise<number> {
  const [port] = await freePorts(1, wanted);
  return port as number;
}

/**
 * Starts something on a free port, and on another one should somebody take it in between.
 *
 * @param wanted a certain port, which is not exchanged for another.
 */
export async function onFreePort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort(wanted));
    } catch (error) {
      const taken = error instanceof LocalExchangeError && error.code === 'port-taken';
      if (!taken || wanted !== undefined || attempt === 3) throw error;
    }
  }
}

/** So many different free ports; held open together while they are chosen, so that none comes twice. */
export async function freePorts(count: number, wanted = 0): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(wanted)));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) => reject(new LocalExchangeError('port-taken', { port }, { cause })));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(server));
  });
}
