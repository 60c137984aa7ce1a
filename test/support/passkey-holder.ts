// A person without a browser: identity-provider's pages work without scripts but for the passkey step, which is software here.
import { SoftwareAuthenticator } from '@hie/testing-kit';
import { Agent, request } from 'undici';

import { appCode } from './invite.js';
import type { SharedExchange } from './shared-exchange.js';

/** What the provider answers a browser. */
export interface Page {
  readonly status: number;
  /** Where the page leads on; absent where it is to be read. */
  readonly location: string | undefined;
  readonly html: string;
}

/** Somebody at identity-provider's own pages with two passkeys: types a one-time code, and signs in wherever an address leads to. */
export class PasskeyHolder {
  private readonly issuer: URL;
  private readonly agent: Agent;
  private readonly cookies = new Map<string, string>();
  private readonly passkeys: SoftwareAuthenticator[] = [];

  constructor(exchange: SharedExchange) {
    this.issuer = new URL(exchange.description.identityProvider.issuer);
    this.agent = new Agent({ connect: { ca: exchange.ca } });
  }

  /** From a one-time code over the authenticator app to two passkeys. */
  async enrol(code: string): Promise<void> {
    await this.post('/enrol', { code });
    const [, secret = ''] = /id="secret">([^<]+)</.exec((await this.get('/enrol/app')).html) ?? [];
    await this.post('/enrol/app', { code: await appCode(secret.replaceAll(' ', '')) });
    for (const passkey of [new SoftwareAuthenticator(), new SoftwareAuthenticator()]) {
      const { challenge } = optionsIn(await this.get('/enrol/passkeys'));
      await this.post('/enrol/passkeys', { credential: JSON.stringify(passkey.create(this.ceremony(challenge))) });
      this.passkeys.push(passkey);
    }
    const { html } = await this.get('/enrol/passkeys');
    if (!html.includes('You are enrolled')) throw new RangeError('The enrolment did not come to its end.');
  }

  /** Opens the address of a sign-in and signs in. @returns where that leads back to, which is not opened. */
  async signIn(address: string): Promise<URL> {
    const { location = '' } = await this.get(address);
    const { challenge } = optionsIn(await this.get(location));
    const credential = JSON.stringify(this.passkeys[0]?.get(this.ceremony(challenge)));
    const { location: onward } = await this.post(new URL(location, this.issuer).pathname, { credential });
    if (onward === undefined) throw new RangeError('The passkey was not taken.');
    const { location: back } = await this.get(onward);
    if (back === undefined) throw new RangeError('The sign-in leads nowhere.');
    return new URL(back);
  }

  /** Opens a page of the provider, or what an address leads to there. */
  get(path: string): Promise<Page> {
    return this.visit(path);
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private ceremony(challenge: string) {
    return { challenge, origin: this.issuer.origin, rpId: this.issuer.hostname };
  }

  private post(path: string, form: Readonly<Record<string, string>>): Promise<Page> {
    return this.visit(path, form);
  }

  private async visit(path: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    const { statusCode, headers, body } = await request(new URL(path, this.issuer), {
      method: form === undefined ? 'GET' : 'POST',
      dispatcher: this.agent,
      headers: {
        cookie: [...this.cookies].map((pair) => pair.join('=')).join('; '),
        ...(form === undefined
          ? {}
          : { origin: this.issuer.origin, 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    for (const cookie of [headers['set-cookie'] ?? []].flat()) this.keep(cookie.split(';', 1)[0] ?? '');
    const { location } = headers;
    return {
      status: statusCode,
      location: location === undefined ? undefined : String(location),
      html: await body.text(),
    };
  }

  private keep(pair: string): void {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** What the passkey step of a page asks for, as its script would read it. */
function optionsIn({ html }: Page): { readonly challenge: string } {
  const [, attribute] = /data-options="([^"]+)"/.exec(html) ?? [];
  if (attribute === undefined) throw new RangeError('The page has no passkey step.');
  return JSON.parse(attribute.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => signs[name] ?? '')) as {
    challenge: string;
  };
}

const signs: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
