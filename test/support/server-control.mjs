// What only fault tests do: kill a process of the shared exchange (its supervisor starts it again), restart Kafka or PostgreSQL.
import { createServer } from 'node:http';

/** @returns {Promise<{ url: string, stop: () => Promise<void> }>} */
export async function startControl({ supervisor }, { kafka, postgres }) {
  const servers = { kafka, postgres };
  const work = {
    kill: async (name) => {
      if (name in servers) await servers[name].restart('SIGKILL');
      else supervisor.kill(name, 'SIGKILL');
    },
    restart: async (name) => {
      if (name in servers) await servers[name].restart('SIGTERM');
      else await supervisor.restart(name, 'SIGTERM');
    },
    // The ledger's operator wants a new shard.
    'hand-over': (name) => supervisor.kill(name, 'SIGUSR2'),
    down: (name) => (name in servers ? servers[name].takeDown('SIGKILL') : supervisor.takeDown(name, 'SIGKILL')),
    up: (name) => (name in servers ? servers[name].bringUp() : supervisor.bringUp(name)),
    // Holds a service still, and lets it go on: it neither dies nor answers.
    pause: (name) => supervisor.kill(name, 'SIGSTOP'),
    resume: (name) => supervisor.kill(name, 'SIGCONT'),
    ready: (name) => supervisor.ready(name),
  };
  const server = createServer((request, response) => {
    const [, verb, name] = request.url.split('/');
    Promise.resolve(work[verb]?.(name)).then(
      () => response.writeHead(204).end(),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
