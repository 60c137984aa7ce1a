import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Browser, type Page, chromium } from 'playwright-core';

import { appCode } from './invite.js';
import { PersonClient } from './person-client.js';
import type { SharedExchange } from './shared-exchange.js';
import { VirtualAuthenticators } from './virtual-authenticator.js';

/** Debian's Chromium, run as in a container: no sandbox of its own, no shared memory, and nothing fetched in the background. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** Path of the Chromium that the set-up has found or installed; `undefined` where there is none. */
export const chromiumPath = (): string | undefined => process.env['HIE_CHROMIUM'] || undefined;

/** A person at a browser with authenticators, and an application on their machine that sign-ins lead back to. */
export class PersonBrowser {
  private constructor(
    private readonly exchange: SharedExchange,
    private readonly browser: Browser,
    private readonly application: Server,
    readonly page: Page,
    readonly authenticators: VirtualAuthenticators,
  ) {}

  static async open(exchange: SharedExchange): Promise<PersonBrowser> {
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new RangeError('There is no Chromium.');
    const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const application = createServer((_request, response) => response.end('<!doctype html><title>Back</title>'));
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    return new PersonBrowser(exchange, browser, application, page, await VirtualAuthenticators.of(page));
  }

  get issuer(): string {
    return this.exchange.description.identityProvider.issuer;
  }

  newClient(): Promise<PersonClient> {
    const { port } = this.application.address() as AddressInfo;
    return PersonClient.of(this.exchange, `http://127.0.0.1:${port}/callback`);
  }

  /** A page of the same browser in which no script runs. */
  async withoutScripts(): Promise<Page> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
    return context.newPage();
  }

  /** Types a one-time code, sets up the app, and comes to where passkeys are registered. */
  async openEnrolment(code: string, page = this.page): Promise<void> {
    await page.goto(`${this.issuer}/enrol`);
    await page.getByLabel('One-time code').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    const secret = (await page.locator('#secret').innerText()).replaceAll(' ', '');
    await page.getByLabel('Six digits').fill(await appCode(secret));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: /Register passkey/ }).waitFor();
  }

  /** Presses the button of the passkey step and waits for a page that has this heading. */
  async registerPasskey(heading: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: 'Register a passkey' }).click();
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  /** The whole enrolment; the second authenticator stays plugged in. */
  async enrol(code: string): Promise<void> {
    const first = await this.authenticators.plugIn();
    await this.openEnrolment(code);
    await this.registerPasskey(/Register passkey 2 of 2/);
    await this.authenticators.unplug(first);
    await this.authenticators.plugIn();
    await this.registerPasskey(/You are enrolled/);
  }

  /** Goes to the sign-in page of a new authorisation. */
  async toSignIn(client: PersonClient, parameters?: Readonly<Record<string, string>>, page = this.page): Promise<void> {
    await page.goto(client.authorizationUrl(parameters));
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  }

  /** Signs in and returns the code with which the application is called back. */
  async signIn(client: PersonClient, parameters?: Readonly<Record<string, string>>): Promise<string> {
    await this.toSignIn(client, parameters);
    await this.page.getByRole('button', { name: 'Sign in with your passkey' }).click();
    await this.page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback/);
    return new URL(this.page.url()).searchParams.get('code') ?? '';
  }

  /** Tries to sign in. @returns what the error summary says. */
  async failToSignIn(client: PersonClient): Promise<string> {
    await this.toSignIn(client);
    await this.page.getByRole('button', { name: 'Sign in with your passkey' }).click();
    return this.page.locator('#error').innerText();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.application.close(resolve));
  }
}
