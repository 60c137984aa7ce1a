import type { ClientRegistered } from '@hie/contracts';
import { Injectable } from '@nestjs/common';

/** Systems that registered themselves at the identity provider, as it last told; in memory, read from the topic's beginning at each start. */
@Injectable()
export class SelfRegisteredClients {
  private readonly clients = new Map<string, ClientRegistered>();

  /** Keeps the newer of two versions: a topic may deliver an older one again. */
  apply(change: ClientRegistered): void {
    const known = this.clients.get(change.clientId);
    if (known === undefined || known.version < change.version) this.clients.set(change.clientId, change);
  }

  /** `undefined` for an unknown one, and for one that was cancelled. */
  memberOf(clientId: string): string | undefined {
    const client = this.clients.get(clientId);
    return client?.status === 'active' ? client.memberId : undefined;
  }
}
