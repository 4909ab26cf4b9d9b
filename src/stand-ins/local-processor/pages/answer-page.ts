import type { ApiRequest } from '../answer-api.ts';
import type { Call } from '../endpoint.ts';
import type { Processor } from '../processor.ts';
import { matchRoute } from '../routes.ts';
import { HOSTED_CSS, HOSTED_JS } from './assets.ts';
import { openAuthentication, submitAuthentication } from './authenticate-page.ts';
import { openCardPage, submitCardPage } from './card-page.ts';
import { openInvoice, payInvoice } from './invoice-page.ts';
import { type PageAnswer, showNote } from './page-answer.ts';
import { openStatement } from './statement-page.ts';

/** What a hosted page is given: one transaction, the id in its address, and what the browser sent. */
export interface PageCall {
  call: Call<unknown>;
  id: string;
  url: URL;
  body: string;
}

interface PageRow {
  method: 'GET' | 'POST';
  path: string;
  run(page: PageCall): Promise<PageAnswer>;
}

/** Every hosted page. */
const PAGES: readonly PageRow[] = [
  { method: 'GET', path: '/c/pay/:id', run: openCardPage },
  { method: 'POST', path: '/c/pay/:id', run: submitCardPage },
  { method: 'GET', path: '/authenticate/:id', run: openAuthentication },
  { method: 'POST', path: '/authenticate/:id', run: submitAuthentication },
  { method: 'GET', path: '/i/:id', run: openInvoice },
  { method: 'POST', path: '/i/:id', run: payInvoice },
  { method: 'GET', path: '/statement', run: openStatement },
];

const ASSETS: Record<string, { type: string; content: string }> = {
  '/assets/hosted.css': { type: 'text/css; charset=utf-8', content: HOSTED_CSS },
  '/assets/hosted.js': { type: 'text/javascript; charset=utf-8', content: HOSTED_JS },
};

/** Answers a browser: a hosted page within one transaction, one of their assets, or words for all else. */
export async function answerPage(processor: Processor, request: ApiRequest): Promise<PageAnswer> {
  const asset = ASSETS[request.url.pathname];
  if (asset !== undefined) {
    return {
      status: 200,
      headers: { 'content-type': asset.type, 'cache-control': 'no-cache' },
      html: asset.content,
    };
  }
  const match = matchRoute(PAGES, request.method, request.url.pathname);
  if (match === undefined) {
    return showNote(
      404,
      'There is no such page',
      'This is the card processor stand-in: an API and the pages it links to.',
    );
  }
  if (processor.behaviour === 'down') {
    return showNote(
      503,
      'Not available just now',
      'The card processor does not answer. Nothing was changed; please try again later.',
    );
  }
  return processor.books.transaction((tx) =>
    match.endpoint.run({
      call: processor.callIn(tx),
      id: match.path.id ?? '',
      url: request.url,
      body: request.body,
    }),
  );
}
