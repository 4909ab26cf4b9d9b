import { refundPostedUsage } from '../../usage/index.ts';
import {
  amount,
  argument,
  companyOption,
  defineCommand,
  exactAmount,
  flag,
  option,
  optional,
  text,
} from '../frame/index.ts';

export const refundUsageCommand = defineCommand({
  name: 'usage refund',
  summary:
    'give back what a call, message or conversation cost, as credits; the same again refunds nothing twice',
  params: {
    company: companyOption(),
    usage: argument('<usage>', 'its id, as it was sent (refill explain shows what it cost)', text),
    amount: optional('--amount <dollars>', 'how much (default: all that it costs still)', amount),
    reason: option('--reason <reason>', 'why; people read it in the balance history', text),
    keepLapsed: flag(
      '--keep-expired',
      'what was paid from credits that have expired since comes back as general credits; otherwise it expires again',
    ),
    source: optional('--source <source>', 'who sent it, where several senders used the id', text),
    key: optional('--key <key>', 'names this refund (default: its amount and reason)', text),
  },
  async run({ db, clock }, { company, usage, amount: wanted, reason, keepLapsed, source, key }) {
    const refund = await refundPostedUsage(
      { db, clock },
      {
        companyId: company.id,
        externalId: usage,
        keepLapsed,
        reason: reason.trim(),
        key: key?.trim() ?? `${wanted?.toString() ?? 'all'}: ${reason.trim()}`,
        ...(wanted === undefined ? {} : { amount: wanted }),
        ...(source === undefined ? {} : { source }),
      },
    );
    const { refunded, cost, isRepeated } = refund;
    return {
      lines: [
        isRepeated
          ? `Nothing was refunded now: ${exactAmount(refunded)} of it was refunded before, for the same reason. To refund the same again, give another --key.`
          : `Refunded ${exactAmount(refunded)}. It costs ${exactAmount(cost)} now.`,
      ],
      value: { companyId: company.id, usage, ...refund },
    };
  },
});
