/** The one stylesheet: light and dark, from 320 px up. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1a1f36; --soft: #596075; --line: #d8dce6; --edge: #858ca3;
  --accent: #4f46e5; --on-accent: #fff; --bad: #b3261e; --bad-page: #fdecea; --notice: #fff4d6; --on-notice: #6b4e00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12141c; --card: #1b1f2b; --text: #e8eaf2; --soft: #a3abbf; --line: #363c4e; --edge: #737c96;
    --accent: #8b85ff; --on-accent: #12141c; --bad: #ffb4ab; --bad-page: #3b1a18; --notice: #3a3115; --on-notice: #ffe08a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
.notice { margin: 0; padding: .4rem 1rem; background: var(--notice); color: var(--on-notice); font-size: .85rem; text-align: center; }
main { margin: 0 auto; padding: 1.25rem 1rem 3rem; }
main.checkout { max-width: 60rem; display: grid; gap: 1.5rem; }
main.narrow { width: calc(100% - 2rem); max-width: 28rem; margin-top: 2rem; padding: 1.25rem; }
form > label:first-child { margin-top: 0; }
main.wide { max-width: 75rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h1 .label { display: block; font-size: 1rem; font-weight: 500; color: var(--soft); }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; }
.items { list-style: none; margin: 0; padding: 0; }
.items li, p.items { display: flex; justify-content: space-between; gap: 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
.items li span:first-child { overflow-wrap: anywhere; }
.items.total { border: 0; font-weight: 600; }
.amount { white-space: nowrap; font-variant-numeric: tabular-nums; }
small, .hint { color: var(--soft); }
.hint { font-size: .875rem; margin: .35rem 0 0; }
label { display: block; margin: .9rem 0 .3rem; font-weight: 500; font-size: .925rem; }
input:not([type=radio]) {
  width: 100%; padding: .65rem .75rem; font: inherit; color: inherit; background: var(--page);
  border: 1px solid var(--edge); border-radius: 8px;
}
input[readonly] { color: var(--soft); }
input[aria-invalid=true] { border-color: var(--bad); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
fieldset { border: 1px solid var(--edge); border-radius: 8px; margin: 1rem 0 0; padding: .25rem .9rem .6rem; }
legend { font-weight: 500; font-size: .925rem; padding: 0 .3rem; }
fieldset label { margin: .35rem 0; display: flex; gap: .5rem; align-items: center; min-height: 1.75rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
button, .button {
  display: inline-block; width: 100%; margin-top: 1.25rem; padding: .8rem 1rem; font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 8px; cursor: pointer;
}
button.secondary { margin-top: .75rem; color: var(--text); background: none; border-color: var(--edge); }
button.small { width: auto; margin: 0; padding: .1rem .6rem; font-size: .8rem; font-weight: 500; }
.problem { margin: 0 0 .5rem; padding: .7rem .9rem; border-radius: 8px; background: var(--bad-page); color: var(--bad); font-weight: 500; }
.cancel { text-align: center; margin: 1rem 0 0; }
a { color: var(--accent); }
a.button { color: var(--on-accent); }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
.test-numbers td:first-child { white-space: nowrap; }
.scroll { overflow-x: auto; }
.scroll td { white-space: nowrap; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
summary { cursor: pointer; font-weight: 500; }
form:has([value=sepa_debit]:checked) .for-card, form:has([value=us_bank_account]:checked) .for-card,
form:has([value=card]:checked) :is(.for-sepa_debit, .for-us_bank_account) { display: none; }
@media (min-width: 48rem) {
  main.checkout { grid-template-columns: 1fr 1fr; padding-top: 2.5rem; align-items: start; }
  .test-numbers { grid-column: 2; }
}
`;
