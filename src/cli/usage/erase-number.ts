import { RefillError } from '../../errors.ts';
import { readPhoneNumber } from '../../phone-number.ts';
import { eraseNumber } from '../../usage/index.ts';
import { argument, companyOption, defineCommand, option, text } from '../frame/index.ts';

export const eraseNumberCommand = defineCommand({
  name: 'usage erase-number',
  summary: 'erase a phone number from a company’s usage and texts; what was used and paid stays',
  params: {
    company: companyOption(),
    number: argument('<number>', 'like +14155550100', readNumber),
    reason: option('--reason <reason>', 'stored in the audit, without the number', text),
  },
  async run({ db, clock }, { company, number, reason }) {
    const done = await eraseNumber({ db, clock }, { companyId: company.id, number, reason });
    return {
      lines: [
        `Erased from ${done.records} usage records and ${done.events} stored events.`,
        ...(done.waiting > 0
          ? [
              `${done.waiting} of the inbox need it for their price: see refill usage inbox, then run this again.`,
            ]
          : []),
        ...(done.after.length === 0
          ? ['It stands in no other row of this company.']
          : [`It still stands in: ${done.after.map(({ table, rows }) => `${table} (${rows})`).join(', ')}.`]),
      ],
      value: { ...done, records: Number(done.records) },
      status: done.waiting > 0 ? 1 : 0,
    };
  },
});

function readNumber(typed: string, name: string): string {
  const read = readPhoneNumber(typed);
  if ('fault' in read) throw new RefillError('bad-argument', `${name}: ${read.fault}`);
  if (read.number === null) throw new RefillError('bad-argument', `${name}: write it like +14155550100`);
  return read.number;
}
