/**
 * Every noun of `refill` and where its commands are; README.md says how to add one. A noun's commands are loaded when it
 * is typed: most need few of the app's modules, and loading all of them takes longer than what most commands do.
 */
import type { CommandTable } from './frame/index.ts';

export const COMMAND_TABLE: CommandTable = {
  nouns: {
    company: { summary: 'companies: create, list, link to Slack', load: () => import('./company/index.ts') },
    people: {
      summary: 'who may do what in a company: list, grant, revoke',
      load: () => import('./people/index.ts'),
    },
    channel: {
      summary: 'the Slack channels in which notices are posted',
      load: () => import('./channel/index.ts'),
    },
    approval: { summary: 'approvals by a second admin', load: () => import('./approval/index.ts') },
    dispute: { summary: 'disputed payments', load: () => import('./dispute/index.ts') },
    order: { summary: 'purchases, recharges and bundle periods', load: () => import('./order/index.ts') },
    credit: {
      summary: 'credits given and taken by hand, each with its reason',
      load: () => import('./credit/index.ts'),
    },
    card: { summary: 'cards of companies', load: () => import('./card/index.ts') },
    bundle: { summary: 'the bundles on sale', load: () => import('./bundle/index.ts') },
    recurring: {
      summary: 'credits that come every billing period',
      load: () => import('./recurring/index.ts'),
    },
    limit: {
      summary: 'spending limits of offices, departments and people',
      load: () => import('./limit/index.ts'),
    },
    invoice: {
      summary: 'invoices of the companies that pay by invoice',
      load: () => import('./invoice/index.ts'),
    },
    rates: { summary: 'rate decks: what usage costs', load: () => import('./rates/index.ts') },
    'api-key': {
      summary: 'keys with which a company’s systems send usage',
      load: () => import('./api-key/index.ts'),
    },
    webhook: {
      summary: 'where a company’s phone system sends its events',
      load: () => import('./webhook/index.ts'),
    },
    endpoint: {
      summary: 'where a company’s phone system is told of its credits',
      load: () => import('./endpoint/index.ts'),
    },
    'phone-system': {
      summary: 'the phone system of a company',
      load: () => import('./phone-system/index.ts'),
    },
    directory: {
      summary: 'who the numbers and lines of a company belong to',
      load: () => import('./directory/index.ts'),
    },
    usage: {
      summary: 'usage on its way in, and what is not posted yet',
      load: () => import('./usage/index.ts'),
    },
    notice: { summary: 'what people are told in Slack', load: () => import('./notice/index.ts') },
    job: { summary: 'the queue of work that waits', load: () => import('./job/index.ts') },
    audit: { summary: 'who changed what', load: () => import('./audit/index.ts') },
    operator: { summary: 'what the operator has to look at', load: () => import('./operator/index.ts') },
    books: { summary: 'the books of account, and their digests', load: () => import('./books/index.ts') },
    doctor: { load: () => import('./doctor/index.ts') },
    secrets: { summary: 'the key under which secrets are stored', load: () => import('./secrets/index.ts') },
    migrate: { load: () => import('./database/index.ts') },
    backup: { load: () => import('./database/index.ts') },
    restore: { load: () => import('./database/index.ts') },
    verify: { load: () => import('./books/index.ts') },
    reconcile: { load: () => import('./reconcile/index.ts') },
    statement: { load: () => import('./statement/index.ts') },
    explain: { load: () => import('./explain/index.ts') },
  },
  renamed: {
    'company-add': 'company add',
    companies: 'company list',
    'link-code': 'company link-code <company>',
    'notice-channel': 'channel set --company <company> <channel>',
    'dispute-clear': 'dispute clear --company <company> --reason <reason>',
    'card-unlock': 'card unlock --company <company> <last4>',
    'approval-limit': 'approval set-limit --company <company> <dollars>',
    'invoice email': 'invoice set-email --company <company> <address>',
    'invoice paid': 'invoice mark-paid <number>',
  },
};
