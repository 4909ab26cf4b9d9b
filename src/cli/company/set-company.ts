import { changeCompany } from '../../billing/index.ts';
import { cardCheckPolicy, paymentMethod } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type CreditEnforcement, readEnforcement } from '../../org/index.ts';
import { describeLacking } from '../approval/set-limit.ts';
import {
  amount,
  amountOrNone,
  companyOption,
  defineCommand,
  flag,
  type Outcome,
  oneOf,
  optional,
  text,
} from '../frame/index.ts';
import { changeCreditSharing } from './change-credit-sharing.ts';
import { describeChange } from './describe-company.ts';
import { readSharesFile } from './read-shares-file.ts';
import {
  addressOrNone,
  amountOrZero,
  billingDay,
  companyName,
  country,
  monthsOrNone,
  printed,
  printedOrNone,
  taxRateOrNone,
  timeZone,
} from './readers.ts';

const WAITS_FOR_PHONE_SYSTEM =
  'Its phone system was not heard of within 24 hours, so people are told that usage is overdrawn until a ping is accepted (refill endpoint test) or a hold is asked for.';

/** Undefined where neither is said. Throws RefillError `bad-argument` where both are. */
function readEnforced(isEnforced: boolean, isReported: boolean): CreditEnforcement | undefined {
  if (isEnforced && isReported)
    throw new RefillError('bad-argument', '--enforced and --reported contradict each other.');
  if (!isEnforced && !isReported) return undefined;
  return isEnforced ? 'enforced' : 'reported';
}

export const setCompanyCommand = defineCommand({
  name: 'company set',
  summary: 'change a company; credit sharing is reviewed first and then confirmed',
  params: {
    company: companyOption(),
    name: optional('--name <name>', 'how it is called', companyName),
    timeZone: optional('--time-zone <zone>', 'a region like America/Los_Angeles', timeZone),
    country: optional('--country <code>', 'two letters', country),
    billingMethod: optional('--billing <method>', 'card or invoice', oneOf(...paymentMethod.options)),
    billingDay: optional('--billing-day <day>', '1 to 31; a running period ends as planned', billingDay),
    min: optional('--min <dollars>', 'smallest purchase', amount),
    max: optional('--max <dollars>', 'largest purchase', amount),
    perDay: optional('--per-day <dollars>', 'purchase limit (24 hours)', amount),
    invoiceLimit: optional('--invoice-limit <dollars>', 'most that invoices may owe', amountOrZero),
    approvalLimit: optional(
      '--approval-limit <dollars>',
      'above it a second admin approves; or none',
      amountOrNone,
    ),
    force: flag(
      '--force',
      'with --approval-limit: also where fewer than two admins could approve: answer there yourself',
    ),
    cardCheck: optional(
      '--card-check <policy>',
      'which cards are verified: first, every or never',
      oneOf(...cardCheckPolicy.options),
    ),
    legalName: optional(
      '--legal-name <text>',
      'on receipts and invoices, where it is not the name; or none',
      printedOrNone,
    ),
    isEnforced: flag('--enforced', 'its phone system stops what has no credits (while it is heard of)'),
    isReported: flag('--reported', 'usage without credits goes on and is overdrawn'),
    billingAddress: optional(
      '--address <text>',
      'on receipts and invoices, its lines separated by ";"; or none',
      addressOrNone,
    ),
    poNumber: optional('--po-number <text>', 'on receipts and invoices; or none', printedOrNone),
    taxRateBp: optional(
      '--tax-rate <per cent>',
      'included in prices and shown on receipts from now on, like 19; or none',
      taxRateOrNone,
    ),
    taxName: optional('--tax-name <text>', 'how the tax is called; VAT unless set', printed),
    taxId: optional('--tax-id <text>', 'your tax ID, on receipts; or none', printedOrNone),
    retentionMonths: optional(
      '--retention-months <months>',
      'how long phone numbers of usage are kept: older ones are erased every night, for good; or none',
      monthsOrNone,
    ),
    creditSharing: optional(
      '--credit-sharing <how>',
      'per-office or company: shows the review',
      oneOf('per-office', 'company'),
    ),
    shares: optional('--shares <file>', 'with per-office: a CSV file of office and dollars', text),
    recharge: optional(
      '--recharge <on|off>',
      'with --credit-sharing: auto-recharge from then on',
      oneOf('on', 'off'),
    ),
    threshold: optional('--recharge-threshold <dollars>', 'with --credit-sharing', amount),
    rechargeAmount: optional('--recharge-amount <dollars>', 'with --credit-sharing', amount),
    rechargeLimit: optional('--recharge-limit <dollars>', 'with --credit-sharing, a month', amount),
    confirm: optional('--confirm <token>', 'with --credit-sharing: makes the change that was reviewed', text),
  },
  async run({ db, clock }, { company, ...values }): Promise<Outcome> {
    const { creditSharing, shares, recharge, threshold, rechargeAmount, rechargeLimit, confirm, ...rest } =
      values;
    const { force, isEnforced, isReported, ...others } = rest;
    const changes = { ...others, enforcement: readEnforced(isEnforced, isReported) };
    if (force && changes.approvalLimit === undefined)
      throw new RefillError('bad-argument', '--force goes with --approval-limit.');
    const isChange = Object.values(changes).some((value) => value !== undefined);
    if (creditSharing === undefined) {
      if (
        [shares, recharge, threshold, rechargeAmount, rechargeLimit, confirm].some(
          (value) => value !== undefined,
        )
      )
        throw new RefillError('bad-argument', 'These options go with --credit-sharing.');
      if (!isChange)
        throw new RefillError('bad-argument', 'Name what to change. See: refill company set --help');
      const done = await changeCompany(db, company.id, changes, { at: clock.now(), isForced: force });
      const labels = done.lacking.map(({ label }) => label);
      const isWaiting = isEnforced && (await readEnforcement(db, company.id, clock.now())) === 'reported';
      return {
        lines:
          done.changes.length === 0
            ? ['Nothing was changed: it is so already.']
            : [
                ...done.changes.map(describeChange),
                ...labels.map(describeLacking),
                ...(isWaiting ? [WAITS_FOR_PHONE_SYSTEM] : []),
              ],
        value: { changes: done.changes, withoutApprover: labels },
      };
    }
    if (isChange)
      throw new RefillError('bad-argument', '--credit-sharing is changed by itself, without other settings.');
    return await changeCreditSharing({ db, clock }, company.id, {
      to: creditSharing === 'company' ? 'company' : 'per_office',
      shares: shares === undefined ? null : await readSharesFile(shares),
      recharge: { isOn: recharge, threshold, amount: rechargeAmount, cap: rechargeLimit },
      confirm: confirm ?? null,
    });
  },
});
