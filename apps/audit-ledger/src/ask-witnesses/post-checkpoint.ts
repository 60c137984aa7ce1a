import { Agent, request } from 'undici';

import type { PostCheckpoint } from './ask-witness.js';
import type { Witness } from './witness-policy.js';

const WITHIN_MS = 3_000;
/** A handful of ML-DSA-44 signature lines. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Posts to witnesses over connections that are kept; an answer that is late or too long is none. */
export function checkpointPoster(witnesses: readonly Witness[]): {
  readonly post: PostCheckpoint;
  close(): Promise<void>;
} {
  const agents = new Map(
    witnesses.map(({ name, ca }) => [
      name,
      new Agent({
        connections: 1,
        maxResponseSize: MAX_ANSWER_BYTES,
        ...(ca === undefined ? {} : { connect: { ca } }),
      }),
    ]),
  );
  return {
    post: async ({ name, url }, body) => {
      const dispatcher = agents.get(name);
      const answer = await request(new URL('add-checkpoint', url), {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(WITHIN_MS),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      return {
        status: answer.statusCode,
        contentType: String(answer.headers['content-type'] ?? ''),
        body: await answer.body.text(),
      };
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}
