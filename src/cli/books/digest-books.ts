import { RefillError } from '../../errors.ts';
import { readLastDigests } from '../../ledger/index.ts';
import { defineCommand, optional, optionalCompany, utcDay, type ValueParser } from '../frame/index.ts';

const digest: ValueParser<string> = (typed, name) => {
  if (!/^[0-9a-f]{64}$/i.test(typed))
    throw new RefillError(
      'bad-argument',
      `${name} takes a digest of 64 hexadecimal digits, as this command prints it`,
    );
  return typed.toLowerCase();
};

export const digestCommand = defineCommand({
  name: 'books digest',
  summary:
    'print the digest of each company’s last closed day, to be kept off this machine; or compare one that was kept',
  params: {
    company: optionalCompany(),
    day: optional('--day <day>', 'a UTC day, 2026-11-28 (default: the last closed one)', utcDay),
    expect: optional(
      '--expect <digest>',
      'one that was kept: exit status 1 if the books have another',
      digest,
    ),
  },
  async run({ db }, { company, day, expect }) {
    if (expect !== undefined && (company === undefined || day === undefined))
      throw new RefillError(
        'bad-argument',
        '--expect needs --company and --day: a digest is of one company and day.',
      );
    const found = await readLastDigests(db, { companyId: company?.id ?? null, day: day ?? null });
    const digests = found.map((each) => ({
      companyId: each.companyId,
      day: each.day,
      rows: each.rowCount,
      digest: Buffer.from(each.digest).toString('hex'),
    }));
    if (digests.length === 0)
      throw new RefillError(
        'digest-unknown',
        `There is no digest${day === undefined ? ' yet' : ` of ${day}`}: a UTC day is closed an hour after its end, while the app runs.`,
      );
    const isOther = expect !== undefined && digests[0]?.digest !== expect;
    return {
      lines: [
        ...digests.map((each) => `${each.day}  company ${each.companyId}  ${each.digest}  ${each.rows} rows`),
        ...(expect === undefined
          ? []
          : [
              isOther
                ? `This is not the digest that was kept (${expect}): what was posted until then was changed.`
                : 'This is the digest that was kept.',
            ]),
      ],
      value: { digests, ...(expect === undefined ? {} : { isExpected: !isOther }) },
      status: isOther ? 1 : 0,
    };
  },
});
