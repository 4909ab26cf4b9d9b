import type { BlockAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { parseInvoice, readInvoice, readInvoicing, requestInvoiceFile } from '../../../billing/index.ts';
import { hasCode } from '../../../errors.ts';
import { isCompanyAdmin, type Person } from '../../../org/index.ts';
import { Refusal, requireMoneyReader } from '../../access/require-person.ts';
import { escapeText, shorten } from '../../kit/blocks.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { readerOf } from '../purchase/open-purchase.ts';
import { readActionValue } from '../../kit/click.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { invoiceWords as words } from '../../copy/index.ts';
import { invoicingBlocks, rowBlocks } from './invoice-blocks.ts';

const MOST_INVOICES = 10;

/** Invoices are the company admins'. Throws a Refusal for everybody else. */
export async function requireInvoiceReader(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requireMoneyReader(ctx, who);
  if (!isCompanyAdmin(person)) throw new Refusal(words.onlyCompanyAdmins);
  return person;
}

/** The company's invoices, or the one that is named by its number. */
export async function drawInvoices(
  ctx: SlackContext,
  who: Who,
  typed: string,
): Promise<{ text: string; blocks: KnownBlock[] }> {
  const person = await requireInvoiceReader(ctx, who);
  const reader = readerOf(ctx, person);
  if (typed === '') {
    const told = await readInvoicing(ctx, person, MOST_INVOICES);
    return { text: words.header, blocks: invoicingBlocks(told, reader) };
  }
  const key = parseInvoice(typed);
  const invoice = key && (await readInvoice(ctx.db, { companyId: person.company.id, ...key }));
  if (invoice === null) throw new Refusal(words.unknown(escapeText(shorten(typed, 40))));
  return { text: invoice.number, blocks: rowBlocks(invoice, reader) };
}

/** A click on "Get the file": it goes to whoever clicked, and to nobody else. */
export async function sendFile(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireInvoiceReader(ctx, who);
  try {
    const { number } = await requestInvoiceFile(ctx, person, readActionValue(body));
    await replyPrivately(client, body, { text: words.onItsWay(number) });
  } catch (error) {
    if (hasCode(error, 'invoice-unknown')) throw new Refusal(words.gone);
    throw error;
  }
}
