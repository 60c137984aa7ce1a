// IANA special-purpose addresses: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Nobody's own: this host, private networks, link-local (a cloud's metadata service among them), documentation, multicast, reserved. */
const special = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  special.addSubnet(network, prefix, 'ipv6');
}

/** Says whether a member's system may be at an address. */
export interface Reachability {
  isReachable(address: string): boolean;
  /** Whether a URL's host, by its name alone, may be asked: a literal address that may not, or a name of this host, may not. */
  isHostAllowed(host: string): boolean;
  /** `dns.lookup` that gives only addresses that may be asked; whoever connects by it connects to what was looked at. */
  readonly lookup: typeof lookup;
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Where the exchange lets itself be sent: to public addresses, and to the networks (CIDR) that the operator names.
 *
 * @throws RangeError for a network that is none.
 */
export function reachability(allowed: readonly string[]): Reachability {
  const exempt = new BlockList();
  for (const network of allowed) addNetwork(exempt, network);
  const isReachable = (address: string): boolean => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    return exempt.check(address, family) || !special.check(address, family);
  };
  const lookUp = (hostname: string, given: LookupOptions | Found, callback?: Found): void => {
    const [options, done] = typeof given === 'function' ? [{}, given] : [given, callback as Found];
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const good = found.filter(({ address }) => isReachable(address));
      const [first] = good;
      if (first === undefined)
        return done(Object.assign(new Error('EHIEUNREACHABLE'), { code: 'EHIEUNREACHABLE' }), '');
      if (options.all === true) return done(null, good);
      done(null, first.address, first.family);
    });
  };
  return {
    isReachable,
    isHostAllowed: (host) => {
      const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
      if (isIP(bare) !== 0) return isReachable(bare);
      return isReachable('127.0.0.1') || !/(^|\.)(localhost|local|internal)\.?$/.test(bare);
    },
    lookup: lookUp as unknown as typeof lookup,
  };
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix] = network.split('/');
  const family = isIP(address);
  const bits = Number(prefix ?? (family === 6 ? 128 : 32));
  if (family === 0 || !Number.isInteger(bits)) throw new RangeError('A network is an address with a prefix length.');
  list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
}
