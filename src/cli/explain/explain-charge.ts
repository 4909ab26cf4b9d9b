import { formatReference } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import {
  explainUsage,
  type PayingGrant,
  type StatementEntry,
  type UsageExplanation,
} from '../../ledger/index.ts';
import { argument, companyOption, defineCommand, exactAmount, signedAmount, text } from '../frame/index.ts';

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'why a call, message or conversation cost what it did, and which credits paid it',
  params: {
    company: companyOption(),
    usage: argument('<usage>', 'its id, as it was sent (the export’s column "id")', text),
  },
  async run({ db }, { company, usage }) {
    const explained = await explainUsage(db, { companyId: company.id, externalId: usage });
    if (explained.length === 0)
      throw new RefillError(
        'usage-unknown',
        `Nothing was posted as "${usage}". What waits: refill usage inbox --company ${company.slug}`,
      );
    return { lines: explained.flatMap(describe), value: { explained } };
  },
});

function describe({ revisions, entries, grants }: UsageExplanation): string[] {
  return [
    ...revisions.map((usage) => {
      const label = usage.revision === 0 ? `${usage.source} ${usage.externalId}` : `corrected`;
      return [
        label,
        `${usage.direction} ${usage.category} at ${usage.usageAt.toISOString().slice(0, 19)}Z`,
        `${usage.durationMs / 1000} s long, ${usage.billedSeconds} s billed, quantity ${usage.quantity}`,
        `costs ${exactAmount(usage.cost)}${usage.price === null ? '' : `: ${usage.price}`}`,
        `posted ${usage.postedAt.toISOString().slice(0, 19)}Z`,
      ].join('  ');
    }),
    ...entries.map((entry) => `  ${describeEntry(entry)}`),
    ...grants.map((grant) => `  ${describeGrant(grant)}`),
  ];
}

function describeEntry(entry: StatementEntry): string {
  const parts = entry.parts.map((part) =>
    'grantId' in part
      ? `${signedAmount(part.amount)} ${part.kind} grant ${part.grantId}`
      : `${signedAmount(part.amount)} owed for ${part.debtOf}`,
  );
  const reason = entry.reason === null ? '' : ` (${entry.reason})`;
  return `${entry.type} ${signedAmount(entry.amount)}${reason}: ${parts.join(', ') || 'nothing moved'}`;
}

function describeGrant({ id, kind, amount, source, reference, createdAt }: PayingGrant): string {
  const cause =
    source === 'purchase' ? `order ${formatReference({ id: BigInt(reference) })}` : `${source} ${reference}`;
  return `grant ${id}: ${exactAmount(amount)} ${kind}, by ${cause} on ${createdAt.toISOString().slice(0, 10)}`;
}
