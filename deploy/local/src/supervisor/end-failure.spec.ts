import { reasonIn } from './end-failure.js';

// Lines as Node, the JVM and PostgreSQL write them.
describe(reasonIn.name, () => {
  it.each([
    ['Error: listen EADDRINUSE: address already in use 127.0.0.1:8443', 'port-taken'],
    ['java.net.BindException: Address already in use', 'port-taken'],
    ['FATAL:  could not create any TCP/IP sockets\nLOG:  could not bind IPv4 address "127.0.0.1"', 'port-taken'],
    ["Error: ENOSPC: no space left on device, write '/data/x'", 'disk-full'],
    ['ERROR:  could not extend file "base/5/16384": No space left on device', 'disk-full'],
    ['TypeError: undefined is not a function', undefined],
    ['', undefined],
  ])('%j is %s', (log, code) => {
    expect(reasonIn(log)).toBe(code);
  });
});
