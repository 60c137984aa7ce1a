/**
 * The settings of the local PostgreSQL: a small box, but nothing that a real deployment would not do to its data.
 *
 * `fsync`, `synchronous_commit` and `full_page_writes` stay on: what is measured and killed here must hold. Loopback and
 * TLS only. Nothing that a statement carried gets into the log (no statement, no detail), because statements carry
 * patients' data.
 */
export const postgresSettings: Readonly<Record<string, string | number | boolean>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 250,
  password_encryption: 'scram-sha-256',
  ssl: true,
  ssl_cert_file: 'server.crt.pem',
  ssl_key_file: 'server.key.pem',
  ssl_ca_file: 'ca.crt.pem',
  ssl_min_protocol_version: 'TLSv1.3',

  fsync: true,
  synchronous_commit: 'on',
  full_page_writes: true,
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',

  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  maintenance_work_mem: '64MB',
  random_page_cost: 1.1,
  io_method: 'sync',
  jit: false,
  max_parallel_workers_per_gather: 0,

  log_line_prefix: '%m [%p] %u@%d ',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: 0,
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** `postgresql.conf` with these settings. Pure. */
export function postgresqlConf(settings: Readonly<Record<string, string | number | boolean>>): string {
  const literal = (value: string | number | boolean): string => {
    if (typeof value === 'boolean') return value ? 'on' : 'off';
    return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${literal(value)}\n`)
    .join('');
}

/** `pg_hba.conf`: TLS and a SCRAM password from the loopback; every other way in is refused. */
export const hostBasedAuthentication = 'hostssl all all 127.0.0.1/32 scram-sha-256\n';
