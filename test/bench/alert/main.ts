/**
 * How soon people are told that credits are low, and how soon credits are held: `npm run bench:alert`, or with `-- alerts` or
 * `-- holds` one of both. The app runs as in production, and Slack takes one message a second in a channel. `--quick` takes a
 * fifth of the time; `--profile FOLDER` keeps a profile of the app's processor time.
 */
import { parseArgs } from 'node:util';
import { setWatch } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type Closing, closeAll, type Database } from '../database.ts';
import { type Figure, printFigures } from '../figures.ts';
import { type LiveCompany, openLiveCompany } from '../live/open-company.ts';
import { errorsOf } from '../live/report.ts';
import { startLiveParts } from '../live/start-parts.ts';
import { measureAlerts } from './alerts.ts';
import { measureHolds } from './holds.ts';

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
  allowPositionals: true,
});
const isAsked = (part: string): boolean => positionals.length === 0 || positionals.includes(part);

/** 200 wallets over 50 channels, and two companies that are told first. */
const COMPANIES = values.quick ? 12 : 52;
const OFFICES = 4;
const SECONDS = values.quick ? 12 : 60;
const CREDITS = '12';
const LEVEL = dollars('5');

const closing: Closing = [];
try {
  const companies = isAsked('alerts') ? COMPANIES : 1;
  const parts = await startLiveParts(closing, {
    companies,
    offices: OFFICES,
    credits: CREDITS,
    profile: values.profile,
    prepare: watchLevels,
  });
  const caller = await openLiveCompany(parts.db, { number: companies, offices: 1, credits: '100000' });
  const figures: Figure[] = [];
  if (isAsked('alerts')) figures.push(...(await measureAlerts(parts, closing, { seconds: SECONDS })));
  if (isAsked('holds')) figures.push(...(await measureHolds(parts, caller, { seconds: SECONDS / 2 })));
  printFigures([...figures, errorsOf(parts.app)], values.json);
} finally {
  await closeAll(closing);
}

/** From below $5 on people are told. */
async function watchLevels({ db }: Database, { companyId }: LiveCompany): Promise<void> {
  const wallets = await db.wallet.findMany({ where: { companyId, officeId: { not: null } } });
  for (const { id: walletId } of wallets) await setWatch(db, { companyId, walletId, calls: LEVEL });
}
