/** Follows the reader's colour scheme; one column on phones. */
export const styleSheet = `
:root { --ink: #1c2126; --quiet: #57606a; --paper: #f6f7f8; --card: #ffffff; --line: #d5dade; --good: #1a6b3c; --good-paper: #dcf2e3; --bad: #a3201c; --bad-paper: #fde4e2; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaee; --quiet: #9aa5b1; --paper: #14181c; --card: #1c2228; --line: #343c45; --good: #7ddba0; --good-paper: #16382a; --bad: #ff9d97; --bad-paper: #45201f; --accent: #7ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; } ul { padding-left: 1.2rem; margin: 0; } li { margin: .25rem 0; overflow-wrap: anywhere; }
code { font: .9em ui-monospace, monospace; }
.quiet, dt, time { color: var(--quiet); } .hint { color: var(--quiet); }
.badge { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .85rem; font-weight: 600; }
.badge.good { color: var(--good); background: var(--good-paper); border-color: transparent; }
.badge.bad { color: var(--bad); background: var(--bad-paper); border-color: transparent; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: .5rem 1rem; margin: 0 0 .75rem; } dt { font-size: .85rem; } dd { margin: 0; font-variant-numeric: tabular-nums; }
.scan { margin-bottom: .75rem; font-variant-numeric: tabular-nums; } progress { width: 100%; height: .6rem; accent-color: var(--accent); }
.failure { background: var(--bad-paper); border-radius: .25rem; padding: .5rem .75rem; margin-bottom: .75rem; overflow-wrap: anywhere; } .failure strong { color: var(--bad); }
button { font: inherit; color: var(--accent); background: transparent; border: 1px solid currentColor; border-radius: .25rem; padding: .35rem .9rem; min-height: 2.5rem; cursor: pointer; }
main > form { margin-top: 2rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dl.wide { grid-template-columns: 1fr; gap: .25rem; border-top: 1px solid var(--line); padding-top: .75rem; margin: 0; } dd { overflow-wrap: anywhere; }
@media (prefers-reduced-motion: reduce) { * { transition: none; } }
`;

/**
 * Updates the changed parts every two seconds while the page is visible. The focus is kept, and unchanged parts stay in
 * place, so that screen readers do not announce them.
 */
export const liveScript = `
async function update() {
  if (document.hidden) return;
  const response = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined);
  const fresh = response && new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh && fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
    part.innerHTML = next.innerHTML;
    if (focused) document.getElementById(focused)?.focus();
  }
  if (fresh) document.title = fresh.title;
  document.body.dataset.updated = String(Date.now());
}
setInterval(update, 2000);
`;
