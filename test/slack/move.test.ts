import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBalance } from '../../src/ledger/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;
let [from, to] = ['', ''];

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  const idOf = async (name: string) =>
    (await tryOut.app.db.office.findFirstOrThrow({ where: { name } })).id.toString();
  [from, to] = [await idOf('San Francisco'), await idOf('New York')];
});
afterAll(() => tryOut?.close());

const modal = async (): Promise<string> => {
  const view = (await driver.views('ana')).at(-1);
  return view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`;
};
const says = (user: string, words: RegExp): Promise<unknown> =>
  driver.eventually(async () =>
    (await driver.messages(user, CHANNEL)).some(({ text, blocks }) =>
      words.test(`${text}\n${visibleText(blocks)}`),
    ),
  );
async function general(): Promise<string[]> {
  const { db } = tryOut.app;
  const { id } = await db.company.findFirstOrThrow();
  const { wallets } = await readBalance(db, id, tryOut.sandbox.clock.now());
  return [from, to].map(
    (office) => wallets.find((w) => w.officeId === BigInt(office))?.general.toFixed(2) ?? '',
  );
}
async function open(): Promise<void> {
  await driver.command('ana', CHANNEL, '/credits move');
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
}

it('moves credits between offices in one review, once, said in the channel', async () => {
  expect(await general()).toEqual(['32.40', '18.25']);
  await open();
  const wrong = { move_from: from, move_to: from, move_amount: '32.41' };
  expect(await driver.submit('ana', wrong)).toMatchObject({
    fieldErrors: { move_to: expect.stringMatching(/different/) },
  });
  expect(await driver.submit('ana', { move_to: to })).toMatchObject({
    fieldErrors: { move_amount: expect.stringMatching(/has \$32\.40 to give/) },
  });
  await driver.submit('ana', { move_amount: '10' });
  expect(await modal()).toMatch(
    /San Francisco\*\n\$32\.40 → \$22\.40\n\*Balance of New York\*\n\$18\.25 → \$28\.25[\s\S]*Nothing is charged/,
  );
  tryOut.sandbox.workspace.faults.set({ kind: 'duplicate-delivery', times: 1 });
  await driver.submit('ana');
  expect(await modal()).toMatch(/Credits moved\n.*\$10\.00 moved from San Francisco to New York/);
  await says('li', /<@U0ANA00001> moved \*\$10\.00\* from San Francisco \(balance \$22\.40\) to New York/);
  expect(await general()).toEqual(['22.40', '28.25']);
});

it('says that it triggers the giver’s auto-recharge', async () => {
  const { db } = tryOut.app;
  const { id: companyId } = await db.company.findFirstOrThrow();
  const wallet = await db.wallet.findFirstOrThrow({ where: { companyId, officeId: BigInt(from) } });
  const at = tryOut.sandbox.clock.now();
  await db.rechargeSetting.create({
    data: {
      companyId,
      walletId: wallet.id,
      officeId: BigInt(from),
      isOn: true,
      thresholdMicros: 20_000_000n,
      amountMicros: 50_000_000n,
      capMicros: 500_000_000n,
      monthStartsAt: at,
      monthEndsAt: new Date(at.getTime() + 86_400_000),
      setBy: 'test',
      setAt: at,
    },
  });
  await driver.close('ana', { all: true });
  await open();
  await driver.submit('ana', { move_from: from, move_to: to, move_amount: '5' });
  expect(await modal()).toMatch(
    /This triggers auto-recharge for San Francisco\*, which is on below \$20\.00/,
  );
});

it('is the company admins’, and not for shared credits', async () => {
  await driver.command('li', CHANNEL, '/credits move');
  await says('li', /Only company admins can move credits between offices/);
  await driver.close('ana', { all: true });
  await tryOut.app.db.company.updateMany({ data: { pooled: true } });
  await driver.command('ana', CHANNEL, '/credits move');
  await says('ana', /shares its credits, so there is nothing to move/);
});
