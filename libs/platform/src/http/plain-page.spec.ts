import { createHash } from 'node:crypto';
import { languageOf, markup, notePage, pageHeaders } from './plain-page.js';

describe('a page that needs nothing but itself', () => {
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

  it('without a form lets nothing be sent anywhere', () => {
    expect(pageHeaders('no form')['content-security-policy']).toContain("form-action 'none'");
  });

  it('follows the light or dark of its reader and fits a narrow screen', () => {
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('width=device-width');
  });

  it('speaks the first language a reader asks for that is spoken here', () => {
    const spoken = ['en', 'de', 'fr'] as const;
    expect(languageOf('nl,de-AT;q=0.8,fr;q=0.7', spoken)).toBe('de');
    expect([languageOf('nl', spoken), languageOf(undefined, spoken)]).toEqual(['en', 'en']);
  });

  it('tells nobody its address and stays in no cache', () => {
    expect(pageHeaders()).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  });
});
