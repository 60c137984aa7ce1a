/** The one script: it takes the browser through the passkey dialogue and posts the answer as a form field. No library, nothing inline. */
export const passkeyScript = `'use strict';
for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    const status = document.getElementById('passkey-status');
    button.disabled = true;
    status.textContent = 'Follow the steps that your browser or device shows.';
    ask(form.dataset.passkey, JSON.parse(form.dataset.options)).then(
      (credential) => {
        form.elements.namedItem('credential').value = JSON.stringify(credential.toJSON());
        form.submit();
      },
      (error) => {
        button.disabled = false;
        status.textContent = sentenceFor(error);
        button.focus();
      },
    );
  });
}
document.getElementById('error')?.focus();

async function ask(kind, options) {
  const { PublicKeyCredential: passkeys } = window;
  if (!passkeys?.parseCreationOptionsFromJSON) throw new Error('unsupported');
  if (kind === 'create') {
    return navigator.credentials.create({ publicKey: passkeys.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: passkeys.parseRequestOptionsFromJSON(options) });
}

function sentenceFor({ name, message }) {
  if (message === 'unsupported') return 'Error: this browser is too old for passkeys. Use a current one.';
  if (name === 'InvalidStateError') return 'Error: this device is registered already. Use another one.';
  if (name === 'NotAllowedError') return 'Error: the passkey was not used, or it took too long. Try again.';
  return 'Error: the passkey could not be used here. Try again, or use another device.';
}
`;

/** Contrast of at least 7:1 in text, a focus ring that does not depend on the system's, and the system's own font. */
export const pageStyle = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 1.125rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
header { border-bottom: 4px solid #12436d; padding: 0.5rem 1rem; font-weight: 700; }
header p { margin: 0; }
main { max-width: 40rem; padding: 1rem; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { font-size: 1.25rem; margin: 0 0 0.5rem; }
label { display: block; font-weight: 700; }
input[type='text'] { font: inherit; width: 100%; padding: 0.5rem; border: 2px solid #1a1a1a; border-radius: 0; }
button { font: inherit; font-weight: 700; margin: 1rem 0; padding: 0.625rem 1rem; border: 2px solid #12436d; background: #12436d; color: #fff; }
button.quiet { background: #fff; color: #12436d; }
button:disabled { background: #505a5f; border-color: #505a5f; }
a { color: #12436d; }
.hint { margin: 0.25rem 0; color: #3d4548; }
.error { border: 4px solid #942514; padding: 1rem; margin: 1rem 0; }
.notice { border-left: 8px solid #1a1a1a; padding: 0.5rem 1rem; }
code { font-size: 1.125rem; overflow-wrap: anywhere; }
dt { font-weight: 700; }
dd { margin: 0 0 0.5rem; }
:focus-visible { outline: 4px solid #1a1a1a; outline-offset: 2px; }
@media (forced-colors: active) { :focus-visible { outline-color: Highlight; } }
`;
