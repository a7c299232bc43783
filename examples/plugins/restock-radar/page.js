/** Text that is safe inside HTML, in elements and in quoted attributes. */
export function escape(value) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(value ?? '').replace(/[&<>"']/g, (character) => entities[character]);
}

const STYLE = `
  :root { color-scheme: light dark; --ink: #16202b; --soft: #5b6876; --paper: #f6f7f9; --card: #fff; --line: #dfe4ea; --good: #14795a; --bad: #b3261e; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8edf2; --soft: #9aa7b4; --paper: #10151b; --card: #1a212a; --line: #2d3742; --good: #5cc9a2; --bad: #ff8f87; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 60rem; margin: 0 auto; padding: clamp(1rem, 4vw, 2.5rem); }
  h1 { margin: 0 0 .25rem; font-size: clamp(1.4rem, 5vw, 2rem); line-height: 1.2; }
  h2 { margin: 0 0 .75rem; font-size: 1.1rem; }
  .lead, .soft { color: var(--soft); margin: 0 0 1.5rem; }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: clamp(.8rem, 3vw, 1.25rem); margin: 0 0 1rem; overflow-x: auto; }
  .grid { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); margin-bottom: .75rem; }
  .grid .card { margin: 0; }
  .figure { display: block; font-size: clamp(1.2rem, 5vw, 1.8rem); line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; color: var(--accent); }
  table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
  th { color: var(--soft); font-weight: 500; font-size: .85rem; }
  tr:last-child td { border-bottom: 0; }
  .number, .nowrap { white-space: nowrap; } .number { text-align: right; }
  @media (max-width: 34rem) { .wide { display: none; } table { font-size: .9rem; } .grid { font-size: .875rem; } }
  label { display: block; font-weight: 550; margin: .75rem 0 .25rem; }
  input, textarea { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
  input:focus-visible, textarea:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
  a { color: var(--accent); }
  .good { color: var(--good); } .bad { color: var(--bad); }
  ul { list-style: none; margin: 0; padding: 0; } li { padding: .3rem 0; }`;

/** A whole admin page. `body` is HTML; what comes from outside must have gone through `escape`. */
export function page({ title, lead, accent, body }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>:root { --accent: ${accent[0]}; } @media (prefers-color-scheme: dark) { :root { --accent: ${accent[1]}; } }${STYLE}</style>
</head>
<body><main>
<h1>${escape(title)}</h1>
<p class="lead">${escape(lead)}</p>
${body}
</main></body>
</html>`;
}
