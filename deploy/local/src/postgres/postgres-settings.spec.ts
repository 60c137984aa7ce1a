import { hostBasedAuthentication, postgresqlConf, postgresSettings } from './postgres-settings.js';

describe(postgresqlConf.name, () => {
  it('writes flags, numbers and quoted texts', () => {
    expect(postgresqlConf({ fsync: true, jit: false, max_connections: 250, log_line_prefix: "it's %m " })).toBe(
      "fsync = on\njit = off\nmax_connections = 250\nlog_line_prefix = 'it''s %m '\n",
    );
  });

  it('keeps what was committed and lets nobody in but from the loopback with TLS', () => {
    expect(postgresSettings).toMatchObject({ fsync: true, synchronous_commit: 'on', full_page_writes: true });
    expect(postgresSettings).toMatchObject({ listen_addresses: '127.0.0.1', unix_socket_directories: '', ssl: true });
    expect(hostBasedAuthentication).toBe('hostssl all all 127.0.0.1/32 scram-sha-256\n');
  });
});
