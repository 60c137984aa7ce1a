import { serverNameOf } from './kafka.js';

describe('serverNameOf', () => {
  it.each([
    ['kafka-1.example', { servername: 'kafka-1.example' }],
    ['localhost', { servername: 'localhost' }],
    ['127.0.0.1', {}],
    ['::1', {}],
  ])('holds the certificate of %s to %j', (host, expected) => {
    expect(serverNameOf(host)).toEqual(expected);
  });
});
