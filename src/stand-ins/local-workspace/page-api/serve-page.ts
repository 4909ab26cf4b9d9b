/** The built page's files: hashed ones are cached for good, the document never. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Answers with a sentence. */
export function answerText(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...SECURITY_HEADERS });
  response.end(`${sentence}\n`);
}

/** Which file a path means; the workspace itself and links to messages are the one document. */
function fileOf(pathname: string): string | undefined {
  if (pathname === '/' || pathname.startsWith('/archives/')) return 'index.html';
  try {
    const path = normalize(decodeURIComponent(pathname)).replace(/^[/\\]+/, '');
    return path.startsWith('..') || path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}

/** Serves a file of the folder, or says in words what is missing. */
export async function servePage(
  folder: string,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = fileOf(pathname);
  const content = file === undefined ? undefined : await readFile(join(folder, file)).catch(() => undefined);
  if (file === undefined || content === undefined) {
    const sentence =
      file === 'index.html'
        ? 'The workspace page has not been built. Run: npm install'
        : 'There is no such page. The workspace is at /.';
    return answerText(response, 404, sentence);
  }
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const hashed = /-[\w-]{8,}\.\w+$/.test(file);
  const headers = {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    ...SECURITY_HEADERS,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}
