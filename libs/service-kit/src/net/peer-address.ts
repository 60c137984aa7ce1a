import { type Socket, isIP } from 'node:net';

/** Who is at the other end of a connection, as the kernel knows it: no header's claim. IPv4 is written as IPv4 on a socket of both kinds. */
export function peerAddress({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string | undefined {
  const [unzoned = ''] = remoteAddress.split('%');
  const address = unzoned.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}

/** Whoever is at the other end of a connection, as the ledger is told; without an address once they have hung up. */
export interface Peer {
  readonly address?: string;
}

export function peerOf(socket: Pick<Socket, 'remoteAddress'>): Peer {
  const address = peerAddress(socket);
  return address === undefined ? {} : { address };
}
