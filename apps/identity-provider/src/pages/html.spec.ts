import { html } from './html.js';

describe('html', () => {
  it('escapes what is put in, in text and in attributes', () => {
    expect(html`<p title="${'"><script>'}">${"it's <b>&"}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;">it&#39;s &lt;b&gt;&amp;</p>',
    );
  });

  it('takes markup of its own as it is, alone and in lists, and nothing for undefined', () => {
    const items = ['<a>', 'b'].map((each) => html`<li>${each}</li>`);
    expect(html`<b>${items}</b>${undefined}${3}`.text.replaceAll(/\s/g, '')).toBe(
      '<b><li>&lt;a&gt;</li><li>b</li></b>3',
    );
  });
});
