import { renderToStaticMarkup } from 'react-dom/server';
import MarkdownRendered from './markdown-rendered.js';

const shown = (text: string) =>
  renderToStaticMarkup(<MarkdownRendered text={text} pictures={['https://hub.example']} />);

describe('Markdown of strangers', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '![x](javascript:alert(1))',
    '<iframe src="https://evil.example"></iframe>',
    '<a href="#" style="position:fixed">x</a>',
    '![pixel](https://evil.example/pixel.png)',
    '![pixel](//evil.example/pixel.png)',
    '![pixel](https://hub.example.evil.example/pixel.png)',
  ])('lets through nothing that acts: %s', (text) => {
    expect(shown(text)).not.toMatch(/<script|<img|<iframe|onerror|javascript:|style=|data:/i);
  });

  it('shows pictures of the hub, and texts', () => {
    expect(shown('![Report](https://hub.example/a.png)')).toContain('src="https://hub.example/a.png"');
    expect(shown('# Title\n\nSome **bold** text')).toBe('<h3>Title</h3>\n<p>Some <strong>bold</strong> text</p>');
  });

  it('sends no address along to where links lead', () => {
    expect(shown('[there](https://elsewhere.example)')).toContain('rel="noreferrer nofollow ugc"');
  });
});
