import { adjustCredits } from '../../../src/billing/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { type Db, inTransaction } from '../../../src/db/index.ts';
import { dollars } from '../../../src/money.ts';
import { createSecretBox, importDirectory, saveWorkspace } from '../../../src/org/index.ts';
import { createApiKey } from '../../../src/usage/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { SECRET_KEY } from './start-app.ts';
import type { Sender } from './usage-process.ts';

/** A company of several offices with credits of their own, as the app, Slack and its phone system know it. */
export interface LiveCompany extends TestCompany, Sender {
  /** The token of its workspace. */
  botToken: string;
  channelId: string;
  offices: readonly string[];
}

/** Opens the company of that number: each office has a number to the phone network and so many dollars. */
export async function openLiveCompany(
  db: Db,
  { number, offices: count, credits }: { number: number; offices: number; credits: string },
): Promise<LiveCompany> {
  const at = systemClock.now();
  const [teamId, channelId] = [`T0BENCH${number}`, `C0BENCH${number}`];
  const botToken = `xoxb-${teamId}`;
  const offices = Array.from({ length: count }, (_, n) => `Office ${number}-${n}`);
  const company = await testCompany(db, {
    teamId,
    name: `Company ${number}`,
    pooled: false,
    offices: offices.map((name) => ({ name, country: 'US' })),
  });
  const { companyId, officeIds } = company;
  const secrets = createSecretBox(SECRET_KEY);
  await saveWorkspace(
    { db, secrets },
    { teamId, name: teamId, botToken, botUserId: 'UBOT', botId: 'BBOT', at },
  );
  await db.noticeChannel.updateMany({ where: { companyId }, data: { channelId } });
  const lines = offices.map((_, n) => `+1415555${String(number * 10 + n).padStart(4, '0')}`);
  const rows = lines.map((line, n) => `${line},${offices[n]}`);
  await importDirectory(db, companyId, { numbers: `number,office\n${rows.join('\n')}\n` }, at);
  for (const officeId of officeIds)
    await inTransaction(db, (tx) =>
      adjustCredits(tx, {
        companyId,
        kind: 'opening',
        officeId,
        amount: dollars(credits),
        reason: 'bench',
        actor: 'bench',
        at,
      }),
    );
  const { key } = await createApiKey(
    { db, clock: systemClock },
    {
      companyId,
      name: 'bench',
      scopes: ['usage:write', 'holds:write'],
      capture: 'posts',
      requestsPerSecond: 1_000,
    },
  );
  return { ...company, botToken, channelId, offices, lines, key };
}
