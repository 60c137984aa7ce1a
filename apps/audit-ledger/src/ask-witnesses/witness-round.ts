import {
  emptyRoot,
  type OpenCheckpoint,
  type TransparencyLog,
  type TreeHead,
  type VerifierKey,
} from '@hie/transparency-log';

import { askWitness, type PostCheckpoint, type WitnessAnswer, type WitnessFault } from './ask-witness.js';
import { cosignHead } from './cosign-head.js';
import type { Witness, WitnessPolicy } from './witness-policy.js';

/** A witness's last word. */
export interface WitnessStanding {
  readonly name: string;
  /** Entries in the tree that it vouched for last, as far as this process knows. */
  readonly size: number;
  readonly last: 'cosigned' | WitnessFault | 'not-asked';
  readonly status?: number;
  readonly at?: Date;
}

export interface WitnessRoundParts {
  readonly policy: WitnessPolicy;
  /** The log's keys, which may change. */
  readonly logKeys: () => readonly VerifierKey[];
  readonly post: PostCheckpoint;
  readonly now: () => Date;
  /** Told when a witness's word is another than last time. */
  readonly onChange: (standing: WitnessStanding) => void;
}

/** Asks the witnesses, and remembers where each of them stands. */
export interface WitnessRounds {
  readonly standings: readonly WitnessStanding[];
  /** The log's head with enough cosignatures, or `undefined`. */
  ask(log: Pick<TransparencyLog, 'head' | 'proofs'>): Promise<string | undefined>;
}

/** Rounds of questions to all witnesses of a policy. A witness still busy with the round before is not asked again. */
export function witnessRounds({ policy, logKeys, post, now, onChange }: WitnessRoundParts): WitnessRounds {
  const standings = new Map<string, WitnessStanding>(
    policy.witnesses.map(({ name }) => [name, { name, size: 0, last: 'not-asked' }]),
  );
  const vouchedFor = new Map<string, TreeHead>();
  const busy = new Set<string>();

  const note = ({ name }: Witness, head: OpenCheckpoint, answer: WitnessAnswer): void => {
    const before = standings.get(name);
    if (answer.kind === 'cosigned') vouchedFor.set(name, head);
    const standing: WitnessStanding = {
      name,
      size: vouchedFor.get(name)?.size ?? 0,
      last: answer.kind === 'cosigned' ? 'cosigned' : answer.fault,
      ...(answer.kind === 'failed' && answer.status !== undefined ? { status: answer.status } : {}),
      at: now(),
    };
    standings.set(name, standing);
    if (before?.last !== standing.last || before.status !== standing.status) onChange(standing);
  };

  const askOne = async (witness: Witness, { head, proofs }: Pick<TransparencyLog, 'head' | 'proofs'>) => {
    if (busy.has(witness.name)) return { kind: 'failed', fault: 'away' } as const;
    busy.add(witness.name);
    try {
      const from = vouchedFor.get(witness.name) ?? { size: 0, root: emptyRoot };
      const answer = await askWitness(witness, { head, from, logKeys: logKeys() }, proofs, post);
      note(witness, head, answer);
      return answer;
    } finally {
      busy.delete(witness.name);
    }
  };

  return {
    get standings() {
      return [...standings.values()];
    },
    ask: ({ head, proofs }) => cosignHead(head, policy, (witness) => askOne(witness, { head, proofs })),
  };
}
