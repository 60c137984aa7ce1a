import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type TLSSocket, connect, createServer } from 'node:tls';

import { TestAuthority } from '@hie/testing-kit';

import { limitConnections } from './connection-limit.js';

const MOST = 2;

describe(limitConnections.name, () => {
  const opened = (server: EventEmitter, remoteAddress: string) => {
    const socket = Object.assign(new EventEmitter(), {
      remoteAddress,
      isDestroyed: false,
      destroy: () => {
        socket.isDestroyed = true;
        socket.emit('close');
      },
    });
    server.emit('connection', socket);
    return socket;
  };

  it('hangs up on what one address opens beyond its own, and on nobody else', () => {
    const server = new EventEmitter();
    limitConnections(server as never, MOST);
    const of = (address: string, count: number) =>
      Array.from({ length: count }, () => opened(server, address).isDestroyed);
    expect(of('192.0.2.1', 4)).toEqual([false, false, true, true]);
    expect(of('::ffff:192.0.2.1', 1)).toEqual([true]);
    expect(of('192.0.2.2', 1)).toEqual([false]);
  });

  it('counts what is open: a place is free once its connection is closed', () => {
    const server = new EventEmitter();
    limitConnections(server as never, MOST);
    const [first] = [opened(server, '192.0.2.1'), opened(server, '192.0.2.1')];
    expect(opened(server, '192.0.2.1').isDestroyed).toBe(true);
    first.emit('close');
    expect(opened(server, '192.0.2.1').isDestroyed).toBe(false);
    expect(opened(server, '192.0.2.1').isDestroyed).toBe(true);
  });

  it('leaves a TLS server as it was: who is within the limit speaks to it, before and after', async () => {
    const { cert, key } = await TestAuthority.root('server');
    const server = createServer({ cert, key });
    limitConnections(server, 1);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const sockets: TLSSocket[] = [];
    const open = (): TLSSocket => {
      const socket = connect({ port, host: '127.0.0.1', ca: cert, checkServerIdentity: () => undefined });
      sockets.push(socket);
      return socket;
    };
    try {
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const first = open();
      await once(first, 'secureConnect');
      await expect(once(open(), 'secureConnect')).rejects.toThrow();
      const [held] = await accepted;
      const closed = once(held, 'close');
      first.destroy();
      await closed;
      await once(open(), 'secureConnect');
    } finally {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    }
  });
});
