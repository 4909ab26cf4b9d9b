/** Text as HTML shows it. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** The one plain page people meet outside Slack: where the card page and the bank send them back to. */
export function renderPage({ title, text }: { title: string; text: string }): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)} · Refill</title><style>
:root{color-scheme:light dark;--ink:#1d1c1d;--quiet:#565459;--ground:#f6f5f3;--card:#fff;--line:#e3e0dc}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--quiet:#b6b3b8;--ground:#18171a;--card:#222125;--line:#39373d}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:26rem;margin:1.5rem;padding:2.25rem;background:var(--card);border:1px solid var(--line);border-radius:14px}
h1{margin:0 0 .6rem;font-size:1.35rem;line-height:1.25}p{margin:0;color:var(--quiet)}
</style></head><body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main></body></html>
`;
}
