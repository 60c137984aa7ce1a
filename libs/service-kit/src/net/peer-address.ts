import { type Socket, isIP } from 'node:net';

/** Who is at the other end of a connection, as the kernel knows it: no header's claim. IPv4 is written as IPv4 on a socket of both kinds. */
export function peerAddress({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string | undefined {
  const [unzoned = ''] = remoteAddress.split('%');
  const address = unzoned.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}
