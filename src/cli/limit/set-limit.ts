import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { DEFAULT_LIMIT_LEVELS, type LimitChoice, readLevels, setLimit } from '../../limits/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import {
  amount,
  defineCommand,
  findByName,
  findOffice,
  oneOf,
  openCompanyOption,
  option,
  optional,
  text,
  type ValueParser,
  withDefault,
} from '../frame/index.ts';
import { describeLimit, limitValue } from './describe-limit.ts';

/** Dollars, or 0: then nothing may be spent. */
const amountOrZero: ValueParser<Money> = (typed, name) =>
  /^\$?0+(\.0{1,2})?$/.test(typed) ? dollars('0') : amount(typed, name);

const levels: ValueParser<number[]> = (typed, name) => {
  const parts = typed.split(',').map((part) => part.trim());
  if (parts.some((part) => !/^\d{1,3}$/.test(part)))
    throw new RefillError('bad-argument', `${name} takes per cents like 50,80, not "${typed}".`);
  return readLevels(parts.map(Number));
};

export const setLimitCommand = defineCommand({
  name: 'limit set',
  summary:
    'limit what an office, a department or a person may spend in a month or a day, or change that limit',
  params: {
    company: openCompanyOption(),
    office: optional('--office <office>', 'whose usage: an office, by name', text),
    department: optional('--department <department>', 'or a department, by name or "name, office"', text),
    person: optional('--person <person>', 'or a person or shared line, by name or e-mail address', text),
    amount: option('--amount <dollars>', 'how much usage may cost; 0 allows none', amountOrZero),
    period: withDefault(
      '--period <period>',
      'month or day, in the company’s time zone',
      oneOf('month', 'day'),
      'month',
    ),
    levels: withDefault(
      '--levels <levels>',
      'per cents at which people are notified; 100 always',
      levels,
      DEFAULT_LIMIT_LEVELS.join(','),
    ),
    reason: option('--reason <reason>', 'why, for the audit', text),
  },
  async run(
    { db, clock },
    { company, office, department, person, amount: most, period, levels: at, reason },
  ) {
    const subject = await findSubject(db, company.id, { office, department, person });
    const choice: LimitChoice = { subject, period, amount: most, levels: at };
    const limit = await setLimit({ db, clock }, { companyId: company.id, reason }, choice);
    return {
      lines: [
        `${limit.named.name} may spend ${formatDollars(limit.amount)} a ${limit.period} from now on.`,
        describeLimit(limit),
      ],
      value: { limit: limitValue(limit) },
    };
  },
});

interface Typed {
  office: string | undefined;
  department: string | undefined;
  person: string | undefined;
}

/** Whose usage is limited. Throws RefillError `bad-argument` where not exactly one is named, or it is not known. */
async function findSubject(db: Db, companyId: bigint, typed: Typed): Promise<LimitChoice['subject']> {
  const named = Object.values(typed).filter((each) => each !== undefined);
  if (named.length !== 1)
    throw new RefillError('bad-argument', 'Give one of --office, --department and --person.');
  if (typed.department !== undefined) {
    const all = await db.department.findMany({
      where: { companyId },
      include: { office: true },
      orderBy: { id: 'asc' },
    });
    const names = all.map(({ id, name, office }) => ({ id, names: [name, `${name}, ${office.name}`] }));
    return { kind: 'department', departmentId: findByName('--department', typed.department, names) };
  }
  if (typed.person !== undefined) {
    const all = await db.member.findMany({ where: { companyId, active: true }, orderBy: { id: 'asc' } });
    const names = all.map(({ id, name, email }) => ({ id, names: email === null ? [name] : [name, email] }));
    return { kind: 'member', memberId: findByName('--person', typed.person, names) };
  }
  const officeId = await findOffice(db, companyId, typed.office);
  if (officeId === null) throw new RangeError('an office was named');
  return { kind: 'office', officeId };
}
