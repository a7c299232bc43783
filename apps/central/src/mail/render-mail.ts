/** A part of a letter. Plain text throughout: escaping for HTML happens in one place, below. */
export type Block =
  /** A paragraph. */
  | string
  /** What a person types or copies, line by line. */
  | { readonly code: readonly string[] }
  /** Something to click, with its words. */
  | { readonly link: string; readonly words: string }
  /** Names and values, one a line. */
  | { readonly facts: readonly (readonly [name: string, value: string])[] };

export interface Letter {
  readonly subject: string;
  readonly blocks: readonly Block[];
}

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const FACTS = 'border-spacing:0 4px';
const CODE = 'background:#f3f4f6;padding:12px;white-space:pre-wrap;overflow-wrap:anywhere';

/** Writes a letter out twice, as plain text and as HTML, both saying the same. */
export function renderMail({ subject, blocks }: Letter): RenderedMail {
  const title = oneLine(subject);
  const body = blocks.map(htmlOf).join('\n');
  return {
    subject: title,
    text: `${blocks.map(textOf).join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body style="font-family:sans-serif;max-width:40em">
${body}
</body></html>
`,
  };
}

function textOf(block: Block): string {
  if (typeof block === 'string') return oneLine(block);
  if ('code' in block) return block.code.map((line) => `  ${oneLine(line)}`).join('\n');
  if ('link' in block) return `${oneLine(block.words)}:\n${linkOf(block.link)}`;
  return block.facts.map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}`).join('\n');
}

function htmlOf(block: Block): string {
  if (typeof block === 'string') return `<p>${escapeHtml(oneLine(block))}</p>`;
  if ('code' in block) return `<pre style="${CODE}">${escapeHtml(block.code.map(oneLine).join('\n'))}</pre>`;
  if ('link' in block)
    return `<p><a href="${escapeHtml(linkOf(block.link))}">${escapeHtml(oneLine(block.words))}</a></p>`;
  const rows = block.facts.map(
    ([name, value]) => `<tr><td>${escapeHtml(oneLine(name))}:&nbsp;</td><td>${escapeHtml(oneLine(value))}</td></tr>`,
  );
  return `<table style="${FACTS}">${rows.join('')}</table>`;
}

/** A name somebody else chose must not begin lines of its own: a paragraph could pass for the hub's words, a subject for a header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** Only addresses of web pages: a `javascript:` link would run in a mail program that shows HTML. */
function linkOf(link: string): string {
  const { protocol, href } = new URL(link);
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error('a letter links to web pages only');
  return href;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
