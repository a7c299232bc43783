import { createHash } from 'node:crypto';
import { RETURN_PAGE_HEADERS, renderReturnPage } from './return-page.js';

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
    expect(page).toContain('&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; &#38; more');
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
    expect(cancelled).toContain('href="https://shop.example/?a=b&#38;order_status=cancelled"');
  });

  it('offers no way back when there is none', () => {
    expect(renderReturnPage({ title: 't', text: 't', baseUrl: undefined })).not.toContain('<a ');
  });

  it('allows exactly its own style', () => {
    const [, style] = /<style>([^]*)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(RETURN_PAGE_HEADERS['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  });
});
