import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';

import { appUri, inGroups } from '../enrolment/authenticator-app.js';
import { AUTHENTICATORS_WANTED } from '../people/decide-account.js';
import { type Markup, html } from './html.js';
import type { Page } from './page.js';

interface Failed {
  readonly error?: string | undefined;
}

const failedWith = ({ error }: Failed): Pick<Page, 'error'> => (error === undefined ? {} : { error });

/** The step that a script has to do: the browser's own passkey dialogue. Everything else on these pages works without one. */
const passkeyStep = (kind: 'create' | 'get', options: object, action: string, label: string): Markup => html`
  <noscript>
    <p class="notice">
      <strong>JavaScript is off.</strong> A passkey can only be used by a script, so this one step needs it. Turn
      JavaScript on for this site and load the page again; nothing else here needs it.
    </p>
  </noscript>
  <form method="post" action="${action}" data-passkey="${kind}" data-options="${JSON.stringify(options)}">
    <input type="hidden" name="credential" value="" />
    <p id="passkey-status" role="status" aria-live="polite"></p>
    <button type="submit">${label}</button>
  </form>
`;

export interface SignInPage extends Failed {
  readonly action: string;
  readonly options: PublicKeyCredentialRequestOptionsJSON;
  readonly formTarget: string;
}

export const signInPage = ({ action, options, formTarget, ...failed }: SignInPage): Page => ({
  title: 'Sign in',
  ...{ formTarget, ...failedWith(failed) },
  body: html`
    <p>
      You sign in with a passkey: your browser asks for your fingerprint, your face or the PIN of your device or
      security key. There is no password.
    </p>
    ${passkeyStep('get', options, action, 'Sign in with your passkey')}
    <form method="post" action="${action}/cancellation"><button type="submit" class="quiet">Cancel</button></form>
    <p>Lost every passkey? An administrator of your organisation can start a recovery.</p>
    <p>Have you been invited? <a href="/enrol">Enter your one-time code</a>.</p>
  `,
});

export const codePage = (failed: Failed = {}): Page => ({
  title: 'Enter your one-time code',
  ...failedWith(failed),
  body: html`
    <p>An administrator has given you a code of six groups. It can be used once.</p>
    <form method="post" action="/enrol">
      <label for="code">One-time code</label>
      <p id="code-hint" class="hint">For example 7K2QF-M0XWD-… Capitals, spaces and hyphens do not matter.</p>
      <input
        id="code"
        name="code"
        type="text"
        required
        autocomplete="one-time-code"
        autocapitalize="characters"
        spellcheck="false"
        maxlength="64"
        aria-describedby="${failed.error === undefined ? 'code-hint' : 'error code-hint'}"
        ${failed.error === undefined ? undefined : html`aria-invalid="true"`}
      />
      <button type="submit">Continue</button>
    </form>
  `,
});

export interface AppPage extends Failed {
  readonly email: string;
  /** Absent where the app is set up already. */
  readonly secret?: string | undefined;
}

export const appPage = ({ email, secret, ...failed }: AppPage): Page => ({
  title: secret === undefined ? 'Confirm with your authenticator app' : 'Set up your authenticator app',
  ...failedWith(failed),
  body: html`
    ${
      secret === undefined
        ? html`<p>Open the authenticator app that you set up before.</p>`
        : html`
            <p>
              The app is needed only now, and if you ever lose your passkeys. Add an entry to it with this key, or
              <a href="${appUri(secret, email)}">open the app on this device</a>.
            </p>
            <dl>
              <dt>Account</dt>
              <dd>${email}</dd>
              <dt>Key</dt>
              <dd><code id="secret">${inGroups(secret)}</code></dd>
            </dl>
          `
    }
    <form method="post" action="/enrol/app">
      <label for="app-code">Six digits that the app shows now</label>
      <input
        id="app-code"
        name="code"
        type="text"
        inputmode="numeric"
        required
        autocomplete="one-time-code"
        maxlength="7"
        ${failed.error === undefined ? undefined : html`aria-describedby="error" aria-invalid="true"`}
      />
      <button type="submit">Continue</button>
    </form>
  `,
});

export interface PasskeysPage extends Failed {
  readonly passkeys: number;
  readonly options: PublicKeyCredentialCreationOptionsJSON;
}

export const passkeysPage = ({ passkeys, options, ...failed }: PasskeysPage): Page => ({
  title: `Register passkey ${passkeys + 1} of ${AUTHENTICATORS_WANTED}`,
  ...failedWith(failed),
  body: html`
    <p>
      You need ${AUTHENTICATORS_WANTED} passkeys on different devices, so that losing one does not lock you out.
      Registered so far:
      <strong id="registered">${passkeys}</strong>. Use a device or security key that you have not registered here yet.
    </p>
    ${passkeyStep('create', options, '/enrol/passkeys', 'Register a passkey')}
  `,
});

export const enrolledPage = (): Page => ({
  title: 'You are enrolled',
  body: html`<p>Both passkeys are registered. Go back to the application and sign in.</p>`,
});

/** A page that only says something. */
export const messagePage = (title: string, text: string): Page => ({ title, body: html`<p>${text}</p>` });
