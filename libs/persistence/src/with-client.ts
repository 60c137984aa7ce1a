import type { ClientBase, Pool } from 'pg';

/** Works on one connection of a pool; one on which the work failed is not given back, because its state is unknown. */
export async function withClient<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A connection that breaks while it is in use tells everybody, not only the query that waits; unheard, that ends the process.
  const lost = (): void => undefined;
  client.on('error', lost);
  try {
    const result = await work(client);
    client.off('error', lost);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
