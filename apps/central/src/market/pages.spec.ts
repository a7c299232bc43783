import { createHash } from 'node:crypto';
import { markup, notePage, pageHeaders } from './pages.js';

describe('a page of the market', () => {
  const page = notePage('Sign in', '<script>alert("x")</script> & more');

  it('shows what people wrote as text', () => {
    expect(page).not.toContain('<script>');
    expect(page).toContain('&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; &#38; more');
    expect(markup`<a title="${'"onmouseover="x'}">`.text).toBe('<a title="&#34;onmouseover=&#34;x">');
  });

  it('allows exactly its own style, no script, no frame, and forms to nobody but whom it must', () => {
    const [, style] = /<style>([^]*)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(pageHeaders(['https://server.example:2083'])['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'self' https://server.example:2083; frame-ancestors 'none'`,
    );
  });

  it('tells nobody its address and stays in no cache', () => {
    expect(pageHeaders()).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  });
});
