import { postNotice } from '../../../src/notices/index.ts';
import { NOTICES } from './notices.ts';
import { ordinary, type Screen } from './screen.ts';
import type { Visitor } from './visitor.ts';

/** A notice that a walk posts itself, as it stands in the channel. */
const notice = ([name, words, facts]: (typeof NOTICES)[number], next: string): Screen =>
  ordinary({
    name: `notice-${name}`,
    async go(visitor) {
      const { db } = visitor.tryOut.app;
      const { id: companyId } = await db.company.findFirstOrThrow();
      const at = visitor.tryOut.sandbox.clock.now();
      await postNotice(db, { companyId, dedupeKey: `walk:${name}`, facts, at });
      return await visitor.message(words);
    },
    sees: { 'company-admin': [words, next] },
  });

const NEXT: Readonly<Record<string, string>> = {
  'many-low': 'Add credits',
  'quiet-hours': 'Add credits',
  digest: 'Usage',
  surprise: 'See calls',
};

/** What stands in the channel, and what one answers there. */
export const CHANNEL_SCREENS: readonly Screen[] = [
  ...NOTICES.map((each) => notice(each, NEXT[each[0]] ?? '')),
  ordinary({
    name: 'receipt-in-channel',
    go: (visitor) => visitor.message(/added \$\d+\.\d\d to New York/),
    sees: {
      'company-admin': [/Balance: \$\d/, 'Receipt'],
      'office-admin': [/Balance: \$\d/, 'Receipt'],
    },
  }),
  ordinary({
    name: 'request-in-channel',
    async go(visitor) {
      await visitor.tryOut.sandbox.workspace.driver.command(
        'priya',
        '#phone-credits',
        '/credits request 50 for the fair',
      );
      return await visitor.message(/Priya Nair requests \$50\.00/);
    },
    sees: { 'company-admin': [/\$50\.00 for New York/, 'Add credits'] },
  }),
  ordinary({
    name: 'request-declined',
    async go(visitor) {
      const request = await visitor.message(/Priya Nair requests \$50\.00/);
      await visitor.press(request, 'Decline');
      return await visitor.sees('Decline request');
    },
    sees: { 'company-admin': [/No credits are added/, 'Decline'] },
  }),
  ordinary({
    name: 'approval-asked',
    async go(visitor) {
      await askForApproval(visitor);
      return await visitor.message(/Approval needed/);
    },
    sees: { 'company-admin': [/\$150\.00/, 'Approve'] },
  }),
  ordinary({
    name: 'simulator',
    isWideOnly: true,
    async go(visitor) {
      const panel = visitor.page.getByRole('complementary', { name: 'Simulator' });
      if (!(await panel.isVisible()))
        await visitor.page.getByRole('button', { name: 'Simulator', exact: true }).click();
      await panel.waitFor();
      return panel;
    },
    sees: { 'company-admin': [/Try this first/, 'Decline the card'] },
  }),
];

/** Li asks for $150.00, which a second admin has to approve. */
async function askForApproval({ tryOut }: Visitor): Promise<void> {
  const { driver } = tryOut.sandbox.workspace;
  const { id } = await tryOut.app.db.company.findFirstOrThrow();
  await tryOut.app.db.company.update({ where: { id }, data: { operatorApprovalLimitMicros: 100_000_000n } });
  await driver.command('li', '#phone-credits', '/credits add 150');
  await driver.eventually(async () => (await driver.views('li')).at(-1)?.title === 'Review purchase');
  await driver.submit('li');
  await driver.close('li', { all: true });
}
