import { createHash } from 'node:crypto';
import { BUTTON_PAGE_HEADERS, RETURN_PAGE_HEADERS, renderReturnPage } from './return-page.js';

describe(renderReturnPage.name, () => {
  const page = renderReturnPage({
    title: 'Thank you',
    text: '<script>alert("x")</script> & more',
    baseUrl: 'https://shop.example/"onmouseover="x',
    outcome: 'success',
  });

  it('shows what people wrote as text', () => {
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('"onmouseover="');
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more');
  });

  it('leads back to the shop by its host', () => {
    expect(page).toContain('>Back to shop.example</a>');
  });

  it('tells the shop how it went, beside what its address says already', () => {
    const cancelled = renderReturnPage({
      title: 't',
      text: 't',
      baseUrl: 'https://shop.example/?a=b',
      outcome: 'cancelled',
    });
    expect(cancelled).toContain('href="https://shop.example/?a=b&amp;order_status=cancelled"');
  });

  it('offers no way back when there is none', () => {
    expect(renderReturnPage({ title: 't', text: 't', baseUrl: undefined })).not.toContain('<a ');
  });

  it('has a button only where it is given one, and only such a page may send something, to this hub', () => {
    expect(page).not.toContain('<form');
    expect(RETURN_PAGE_HEADERS['content-security-policy']).toContain("form-action 'none'");
    const button = { path: '/go?a=1&b="', label: 'Go' };
    const withButton = renderReturnPage({ title: 't', text: 't', baseUrl: undefined, button });
    expect(withButton).toContain(
      '<form method="post" action="/go?a=1&amp;b=&quot;"><button autofocus>Go</button></form>',
    );
    expect(BUTTON_PAGE_HEADERS['content-security-policy']).toContain("form-action 'self'");
  });

  it('allows exactly its own style', () => {
    const [, style] = /<style>([^]*)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(RETURN_PAGE_HEADERS['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  });

  it('follows the light or dark of its reader and fits a narrow screen', () => {
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('width=device-width');
  });
});
