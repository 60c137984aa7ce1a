import type { ClientRegistration, MemberChanged } from '@hie/contracts';
import { jwkThumbprint } from '@hie/purpose-of-use';

/** A registered client, and whose it is. */
export interface DirectoryClient {
  readonly memberId: string;
  readonly registration: ClientRegistration;
  /** Thumbprints (RFC 7638) of the keys that are registered for it now. */
  readonly keys: ReadonlySet<string>;
}

/** Who takes part, as the participants service last told it; in memory, read from the topic's beginning at each start. */
export class MemberDirectory {
  private readonly members = new Map<string, MemberChanged>();
  private readonly clients = new Map<string, DirectoryClient>();
  private readonly systems = new Map<string, string>();

  /** @param hasKey whether a member's wrapping key is there: who was to be forgotten takes no part any more. */
  constructor(private readonly hasKey: (memberId: string) => boolean = () => true) {}

  /** Keeps the newer of two versions: a topic may deliver an older one again. */
  apply(change: MemberChanged): void {
    const known = this.members.get(change.memberId);
    if (known !== undefined && known.version >= change.version) return;
    known?.clients.forEach(({ clientId }) => this.clients.delete(clientId));
    known?.identifierSystems.forEach((system) => this.systems.delete(system));
    this.members.set(change.memberId, change);
    for (const registration of change.clients) {
      const keys = new Set(registration.jwks.keys.flatMap((jwk) => jwkThumbprint(jwk) ?? []));
      this.clients.set(registration.clientId, { memberId: change.memberId, registration, keys });
    }
    for (const system of change.identifierSystems) this.systems.set(system, change.memberId);
  }

  find(memberId: string): MemberChanged | undefined {
    return this.members.get(memberId);
  }

  /** A member that takes part: `undefined` for one that is unknown, suspended or forgotten. */
  active(memberId: string): MemberChanged | undefined {
    const member = this.members.get(memberId);
    return member?.status === 'active' && this.hasKey(memberId) ? member : undefined;
  }

  isActive(memberId: string): boolean {
    return this.active(memberId) !== undefined;
  }

  /** A client and its member, whether active or not. */
  client(clientId: string): DirectoryClient | undefined {
    return this.clients.get(clientId);
  }

  /** The member that assigns identifiers under this system. */
  ownerOf(system: string): string | undefined {
    return this.systems.get(system);
  }

  all(): Iterable<MemberChanged> {
    return this.members.values();
  }
}
