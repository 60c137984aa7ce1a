// Chrome DevTools Protocol, domain WebAuthn: https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/
import type { CDPSession, Page } from 'playwright-core';

/** A passkey as the protocol tells it, private key and counter included. */
export interface HeldPasskey {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly rpId?: string;
  readonly privateKey: string;
  readonly userHandle?: string;
  readonly signCount: number;
}

/** The authenticators that a page's browser believes to be plugged in. */
export class VirtualAuthenticators {
  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<VirtualAuthenticators> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    return new VirtualAuthenticators(session);
  }

  /** Plugs one in that can verify its person, with the passkeys it holds already. @returns its id. */
  async plugIn(passkeys: readonly HeldPasskey[] = []): Promise<string> {
    const { authenticatorId } = await this.session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    for (const credential of passkeys)
      await this.session.send('WebAuthn.addCredential', { authenticatorId, credential });
    return authenticatorId;
  }

  /** Unplugs one. @returns the passkeys that it held. */
  async unplug(authenticatorId: string): Promise<readonly HeldPasskey[]> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId });
    await this.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    return credentials;
  }

  /** Whether the person puts in the right finger or PIN. */
  async verifiesUser(authenticatorId: string, isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  }
}
