// WCAG 2.2 AA: language, one heading, landmarks, errors in text at the top and in the title, focus that can be seen, no colour alone.
import { type Markup, html } from './html.js';

export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** What went wrong, in a sentence; stands first and has the focus. */
  readonly error?: string;
  /** Where forms may lead beside this origin: the client's own, after a sign-in. */
  readonly formTarget?: string;
}

/** A whole document. Scripts and style are files of their own: nothing inline runs. */
export function document({ title, body, error }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${error === undefined ? '' : 'Error: '}${title} – Health information exchange</title>
        <link rel="stylesheet" href="/assets/pages.css" />
        <link rel="icon" href="data:," />
        <script src="/assets/passkey.js" defer></script>
      </head>
      <body>
        <header><p>Health information exchange</p></header>
        <main>
          ${error === undefined ? undefined : errorSummary(error)}
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
  return page.text;
}

const errorSummary = (error: string): Markup => html`
  <div class="error" id="error" role="alert" tabindex="-1" autofocus>
    <h2>There is a problem</h2>
    <p>${error}</p>
  </div>
`;

/** The header that says what a page may load and where its forms may go. */
export function contentSecurityPolicy(formTarget: string | undefined): string {
  const targets = ["'self'", ...(formTarget === undefined ? [] : [formTarget])];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `form-action ${targets.join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
