import type { Server, Socket } from 'node:net';

import { peerAddress } from './peer-address.js';

/**
 * Hangs up, before the handshake, on what one address opens beyond so many connections at a time: a server has a last place, and who holds
 * sockets open and says nothing would otherwise hold everybody's.
 */
export function limitConnections(server: Pick<Server, 'on'>, mostEach: number): void {
  const held = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = peerAddress(socket) ?? '';
    const before = held.get(address) ?? 0;
    if (before >= mostEach) return void socket.destroy();
    held.set(address, before + 1);
    socket.once('close', () => {
      const left = (held.get(address) ?? 1) - 1;
      if (left > 0) held.set(address, left);
      else held.delete(address);
    });
  });
}
