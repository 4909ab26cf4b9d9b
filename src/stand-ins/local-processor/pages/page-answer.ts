import { type Html, html } from './html.ts';

/** A hosted page, or a redirect, ready for the wire. */
export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  html: string;
}

/** Nothing may be kept, framed, or fetched from elsewhere. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A whole page around this content. */
export function showPage(status: number, title: string, content: Html): PageAnswer {
  const page = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/assets/hosted.css">
    <script src="/assets/hosted.js" defer></script>
  </head>
  <body>
    <header class="ribbon"><strong>Test mode</strong> A stand-in for the card processor. No real money moves.</header>
    <main>${content}</main>
  </body>
</html>
`;
  return { status, headers: PAGE_HEADERS, html: page.markup };
}

/** A page that only says something: a dead link, a finished step. */
export function showNote(
  status: number,
  title: string,
  text: string,
  link?: { href: string; label: string },
): PageAnswer {
  return showPage(
    status,
    title,
    html`<section class="panel note">
      <h1>${title}</h1>
      <p>${text}</p>
      ${link !== undefined && html`<p><a class="button quiet" href="${link.href}">${link.label}</a></p>`}
    </section>`,
  );
}

/** The page for a failure of the processor itself. */
export function showTrouble(): PageAnswer {
  return showNote(500, 'Something went wrong', 'Nothing was changed. Please try again in a moment.');
}

/** Sends the browser on with a GET. */
export function redirectTo(url: string): PageAnswer {
  return {
    status: 303,
    headers: { location: url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    html: '',
  };
}
