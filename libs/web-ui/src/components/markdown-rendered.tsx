import ReactMarkdown from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import type { MarkdownProps } from './markdown.js';
import { mayShow } from './may-show.js';

/** Loaded when the first Markdown is shown. Headings start below the page's own. */
export default function MarkdownRendered({ text, pictures = [] }: MarkdownProps) {
  return (
    <ReactMarkdown
      skipHtml
      rehypePlugins={[rehypeSanitize]}
      components={{
        h1: ({ children }) => <h3>{children}</h3>,
        h2: ({ children }) => <h4>{children}</h4>,
        h3: ({ children }) => <h5>{children}</h5>,
        a: ({ href, children }) => (
          <a href={href} target="_blank" rel="noreferrer nofollow ugc">
            {children}
          </a>
        ),
        img: ({ src, alt }) =>
          typeof src === 'string' && mayShow(src, pictures) ? (
            <img src={src} alt={alt ?? ''} loading="lazy" />
          ) : (
            <em>{alt}</em>
          ),
      }}
    >
      {text}
    </ReactMarkdown>
  );
}
