import { logReader } from '@hie/local-exchange';
import {
  type LogReader,
  type OpenCheckpoint,
  type Trust,
  type VerifierKey,
  openCheckpoint,
  parseVerifierKey,
} from '@hie/transparency-log';
import { Agent, request } from 'undici';

import type { SharedExchange } from './shared-exchange.js';

/** The ledger as anybody sees it: the static files over HTTPS, without a token, and the keys it is trusted by. */
export class PublicLog {
  /** What a receipt's own checkpoint is held to: the log's signature. */
  readonly trust: Trust;
  /** What the published checkpoint is held to: the members' witnesses as well. */
  readonly witnessedTrust: Trust & { readonly witnesses: readonly VerifierKey[]; readonly quorum: number };
  readonly reader: LogReader;
  private readonly agent: Agent;

  constructor({ ca, description: { ledger } }: Pick<SharedExchange, 'ca' | 'description'>) {
    this.agent = new Agent({ connect: { ca } });
    const key = parseVerifierKey(ledger.verifierKey);
    this.trust = { origin: key.name, logKeys: [key] };
    const witnesses = ledger.witnesses.map(({ verifierKey }) => parseVerifierKey(verifierKey));
    this.witnessedTrust = { ...this.trust, witnesses, quorum: ledger.quorum };
    this.reader = logReader(ledger.url, this.agent);
  }

  /** An answer of the ledger or a witness, over the same connections. */
  async ask(url: string, body?: string): Promise<{ readonly status: number; readonly text: string }> {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await request(url, { dispatcher: this.agent, method, ...(body === undefined ? {} : { body }) });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  /** Every cosigned checkpoint that the ledger offers. */
  async checkpoints(checkpointsUrl: string): Promise<readonly OpenCheckpoint[]> {
    const all: OpenCheckpoint[] = [];
    for (;;) {
      const { text } = await this.ask(`${checkpointsUrl}?after=${all.at(-1)?.size ?? -1}&count=1000`);
      const page = (JSON.parse(text) as { checkpoints: { note: string }[] }).checkpoints;
      if (page.length === 0) return all;
      all.push(...page.map(({ note }) => openCheckpoint(note, this.witnessedTrust)));
    }
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}
