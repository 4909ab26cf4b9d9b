import type { ServerResponse } from 'node:http';
import { renderPage } from './page.ts';

export type Reply =
  | { status: number; json: unknown; headers?: Record<string, string> }
  | { status: number; text: string }
  | { status: number; page: { title: string; text: string } }
  /** A page of our own that is more than a title and a sentence. */
  | { status: number; html: string }
  | { redirect: string }
  /** Shown by the browser itself. */
  | { pdf: { name: string; content: Buffer } };

/** The page shows text only: nothing loads, nothing frames it, and its address, which may hold a token, goes nowhere. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
};

/** Answers a request, unless it was answered before. */
export function sendReply(response: ServerResponse, reply: Reply): void {
  if (response.headersSent) return;
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if ('redirect' in reply)
    response.writeHead(303, { ...headers, 'referrer-policy': 'no-referrer', location: reply.redirect }).end();
  else if ('pdf' in reply) sendPdf(response, headers, reply.pdf);
  else if ('page' in reply)
    response.writeHead(reply.status, { ...headers, ...PAGE_HEADERS }).end(renderPage(reply.page));
  else if ('html' in reply) response.writeHead(reply.status, { ...headers, ...PAGE_HEADERS }).end(reply.html);
  else if ('text' in reply)
    response
      .writeHead(reply.status, { ...headers, 'content-type': 'text/plain; charset=utf-8' })
      .end(reply.text);
  else
    response
      .writeHead(reply.status, { ...headers, 'content-type': 'application/json', ...reply.headers })
      .end(`${JSON.stringify(reply.json)}\n`);
}

/** Its address, which is signed for one person, goes nowhere, and nothing stores what it shows. */
function sendPdf(
  response: ServerResponse,
  headers: Record<string, string>,
  { name, content }: { name: string; content: Buffer },
): void {
  response
    .writeHead(200, {
      ...headers,
      'content-type': 'application/pdf',
      'content-length': String(content.length),
      'content-disposition': `inline; filename="${name.replace(/[^\w.-]/g, '_')}"`,
      'content-security-policy': "frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    })
    .end(content);
}
