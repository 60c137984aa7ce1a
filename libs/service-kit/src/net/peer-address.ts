import { type Socket, isIP } from 'node:net';

/** Who is at the other end of a connection, as the kernel knows it: no header's claim. IPv4 is written as IPv4 on a socket of both kinds. */
export function peerAddress({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string | undefined {
  const [unzoned = ''] = remoteAddress.split('%');
  const address = unzoned.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}

/** The same as what the ledger is told of whoever asks; empty once they have hung up. */
export function peerOf(socket: Pick<Socket, 'remoteAddress'>): { readonly address?: string } {
  const address = peerAddress(socket);
  return address === undefined ? {} : { address };
}
