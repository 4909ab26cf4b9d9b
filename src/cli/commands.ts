/** Every command of `refill`, a row each; README.md says how to add one. */
import { createApiKeyCommand } from './api-key/create-api-key.ts';
import { listApiKeysCommand } from './api-key/list-api-keys.ts';
import { revokeApiKeyCommand } from './api-key/revoke-api-key.ts';
import { answerApprovalCommand } from './approval/answer-approval.ts';
import { listApprovalsCommand } from './approval/list-approvals.ts';
import { setApprovalLimitCommand } from './approval/set-limit.ts';
import { verifyCommand } from './books/verify-books.ts';
import { addBundleCommand } from './bundle/add-bundle.ts';
import { listBundlesCommand } from './bundle/list-bundles.ts';
import { retireBundleCommand } from './bundle/retire-bundle.ts';
import { unlockCardCommand } from './card/unlock-card.ts';
import { setChannelCommand } from './channel/set-channel.ts';
import { addCompanyCommand } from './company/add-company.ts';
import { issueLinkCodeCommand } from './company/issue-link-code.ts';
import { listCompaniesCommand } from './company/list-companies.ts';
import { moveCompanyCommand } from './company/move-company.ts';
import { setCompanyCommand } from './company/set-company.ts';
import { showCompanyCommand } from './company/show-company.ts';
import { migrateCommand } from './database/migrate.ts';
import { connectDirectoryCommand } from './directory/connect-directory.ts';
import { disconnectDirectoryCommand } from './directory/disconnect-directory.ts';
import { importDirectoryCommand } from './directory/import-directory.ts';
import { listUnmatchedCommand } from './directory/list-unmatched.ts';
import { showDirectoryStatusCommand } from './directory/show-status.ts';
import { syncDirectoryCommand } from './directory/sync-directory.ts';
import { clearDisputeCommand } from './dispute/clear-dispute.ts';
import { doctorCommand } from './doctor/doctor.ts';
import type { CommandTable } from './frame/index.ts';
import { listInvoicesCommand } from './invoice/list-invoices.ts';
import { markInvoicePaidCommand } from './invoice/mark-invoice-paid.ts';
import { setInvoiceEmailCommand } from './invoice/set-email.ts';
import { voidInvoiceCommand } from './invoice/void-invoice.ts';
import { listOperatorNoticesCommand } from './operator/list-notices.ts';
import { resolveOperatorNoticeCommand } from './operator/resolve-notice.ts';
import { grantRoleCommand } from './people/grant-role.ts';
import { listPeopleCommand } from './people/list-people.ts';
import { revokeRoleCommand } from './people/revoke-role.ts';
import { subscribePhoneSystemCommand } from './phone-system/subscribe.ts';
import { importRatesCommand } from './rates/import-rates.ts';
import { listRatesCommand } from './rates/list-rates.ts';
import { priceTrafficCommand } from './rates/price-traffic.ts';
import { reRateUsageCommand } from './rates/re-rate-usage.ts';
import { addRecurringCommand } from './recurring/add-recurring.ts';
import { rotateSecretsCommand } from './secrets/rotate-secrets.ts';
import { acceptUsageCommand } from './usage/accept-usage.ts';
import { importUsageCommand } from './usage/import-usage.ts';
import { listInboxCommand } from './usage/list-inbox.ts';
import { listUnattributedCommand } from './usage/list-unattributed.ts';
import { listUnratedCommand } from './usage/list-unrated.ts';
import { repairUsageCommand } from './usage/repair-usage.ts';
import { createWebhookCommand } from './webhook/create-webhook.ts';
import { listWebhooksCommand } from './webhook/list-webhooks.ts';
import { revokeWebhookCommand } from './webhook/revoke-webhook.ts';

export const COMMAND_TABLE: CommandTable = {
  commands: [
    addCompanyCommand,
    listCompaniesCommand,
    showCompanyCommand,
    setCompanyCommand,
    issueLinkCodeCommand,
    moveCompanyCommand,
    listPeopleCommand,
    grantRoleCommand,
    revokeRoleCommand,
    setChannelCommand,
    setApprovalLimitCommand,
    listApprovalsCommand,
    answerApprovalCommand,
    clearDisputeCommand,
    unlockCardCommand,
    addBundleCommand,
    listBundlesCommand,
    retireBundleCommand,
    addRecurringCommand,
    listInvoicesCommand,
    setInvoiceEmailCommand,
    markInvoicePaidCommand,
    voidInvoiceCommand,
    importRatesCommand,
    listRatesCommand,
    priceTrafficCommand,
    reRateUsageCommand,
    createApiKeyCommand,
    listApiKeysCommand,
    revokeApiKeyCommand,
    createWebhookCommand,
    listWebhooksCommand,
    revokeWebhookCommand,
    subscribePhoneSystemCommand,
    connectDirectoryCommand,
    disconnectDirectoryCommand,
    importDirectoryCommand,
    syncDirectoryCommand,
    listUnmatchedCommand,
    showDirectoryStatusCommand,
    importUsageCommand,
    listInboxCommand,
    listUnratedCommand,
    acceptUsageCommand,
    listUnattributedCommand,
    repairUsageCommand,
    listOperatorNoticesCommand,
    resolveOperatorNoticeCommand,
    doctorCommand,
    rotateSecretsCommand,
    migrateCommand,
    verifyCommand,
  ],
  nouns: {
    company: 'companies: create, list, link to Slack',
    people: 'who may do what in a company: list, grant, revoke',
    channel: 'the Slack channels in which notices are posted',
    approval: 'approvals by a second admin',
    dispute: 'disputed payments',
    card: 'cards of companies',
    bundle: 'the bundles on sale',
    recurring: 'credits that come every billing period',
    invoice: 'invoices of the companies that pay by invoice',
    rates: 'rate decks: what usage costs',
    'api-key': 'keys with which a company’s systems send usage',
    webhook: 'where a company’s phone system sends its events',
    'phone-system': 'the phone system of a company',
    directory: 'who the numbers and lines of a company belong to',
    operator: 'what the operator has to look at',
    secrets: 'the key under which secrets are stored',
    usage: 'usage on its way in, and what is not posted yet',
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
