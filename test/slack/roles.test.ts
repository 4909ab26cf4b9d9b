import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { listeners, READ_ONLY_IDS } from '../../src/slack/listeners.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { barrier } from '../support/barrier.ts';
import { interaction, sendAsSlack } from '../support/send-as-slack.ts';
import { IDS } from '../support/slack-ids.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const TEAM = 'T0ACME0001';
const { field } = IDS;

let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;
let offices: Record<string, string>;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  ({ id: companyId } = await tryOut.app.db.company.findFirstOrThrow());
  const rows = await tryOut.app.db.office.findMany();
  offices = Object.fromEntries(rows.map(({ name, id }) => [name, id.toString()]));
});
afterAll(() => tryOut?.close());
beforeEach(async () => {
  tryOut.sandbox.workspace.faults.clear();
  for (const user of ['ana', 'sam', 'li', 'marco', 'priya', 'jo']) {
    await driver.close(user, { all: true }).catch(() => undefined);
    await driver.setStanding(user, user === 'jo' ? 'guest' : 'member');
  }
});

type Seen = Awaited<ReturnType<Driver['messages']>>[number];
const said = (message: Seen | undefined): string =>
  message === undefined ? '' : `${message.text}\n${visibleText(message.blocks)}`;
/** What one of the newest messages says; notices may come between. */
const says = (user: string, channel: string, text: RegExp): Promise<string> =>
  driver.eventually(async () => {
    const newest = (await driver.messages(user, channel)).slice(-4).map(said);
    return newest.findLast((each) => text.test(each));
  });
const modal = async (user: string): Promise<string> => {
  const view = (await driver.views(user)).at(-1);
  return view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`;
};
const modalSays = (user: string, text: RegExp): Promise<string> =>
  driver.eventually(async () => {
    const shown = await modal(user);
    return text.test(shown) && shown;
  });
const clickInModal = async (user: string, target: { label: string }, value?: unknown): Promise<void> => {
  const viewId = (await driver.views(user)).at(-1)?.id ?? '';
  await driver.click(user, { kind: 'view', viewId }, target, value);
};
const rolesOf = async (userId: string): Promise<string[]> =>
  (await tryOut.app.db.roleAssignment.findMany({ where: { companyId, userId }, orderBy: { id: 'asc' } })).map(
    ({ role, officeId }) => (officeId === null ? role : `${role} ${officeId}`),
  );

async function openPeople(user: string): Promise<void> {
  await driver.command(user, CHANNEL, '/credits people');
  await modalSays(user, /Who can do what/);
}

async function submitGrant(values: {
  person?: string;
  role?: string;
  offices?: string[];
  departments?: string[];
}) {
  return await driver.submit('ana', {
    ...(values.person === undefined ? {} : { [field.person]: values.person }),
    ...(values.role === undefined ? {} : { [field.role]: values.role }),
    ...(values.offices === undefined ? {} : { [field.roleOffices]: values.offices }),
    ...(values.departments === undefined ? {} : { [field.roleDepartments]: values.departments }),
  });
}

async function openGrant(): Promise<void> {
  await openPeople('ana');
  await clickInModal('ana', { label: 'Add a role' });
  await modalSays('ana', /Add a role/);
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Save');
}

describe('a company admin', () => {
  it('sees who has which role since when, and who is suspended', async () => {
    await driver.setStanding('marco', 'deactivated');
    await driver.command('marco', CHANNEL, '/credits usage');
    await says('marco', CHANNEL, /Guests/);
    await openPeople('ana');
    const shown = await modal('ana');
    expect(shown).toMatch(/<@U0ANA00001> · Company admin\nSince/);
    expect(shown).toMatch(/<@U0SAM00001> · Company admin/);
    expect(shown).toMatch(/<@U0LI000001> · Office admin for New York/);
    expect(shown).toMatch(/<@U0MARCO001> · Manager for San Francisco\nSince .* · _Suspended since/);
    expect(shown).not.toMatch(/U0PRIYA001/);
    await driver.setStanding('marco', 'member');
    tryOut.sandbox.clock.advance(10 * 60_000);
    await driver.command('marco', CHANNEL, '/credits usage');
    await driver.eventually(
      async () => (await tryOut.app.db.roleAssignment.count({ where: { suspendedAt: { not: null } } })) === 0,
    );
    await driver.close('ana', { all: true });
    await openPeople('ana');
    expect(await modal('ana')).not.toMatch(/Suspended/);
  });

  it('finds people, limits, cards, bundles and receipts on Home', async () => {
    await driver.openHome('ana');
    await driver.eventually(async () => /\nPeople\b/.test(visibleText(await driver.home('ana'))));
    for (const [label, title] of [
      ['People', 'People'],
      ['Spending limits', 'Spending limits'],
    ] as const) {
      await driver.click('ana', { kind: 'home' }, { label });
      await driver.eventually(async () => (await driver.views('ana')).at(-1)?.title === title);
      await driver.close('ana', { all: true });
    }
    for (const [label, words] of [
      ['Cards', /Visa •••• 4242/],
      ['Bundles', /bundle/i],
      ['Receipts', /Receipts/],
    ] as const) {
      await driver.click('ana', { kind: 'home' }, { label });
      await says('ana', 'dm', words);
    }
  });

  it('is told on the field whom a role cannot be given to, and what is missing', async () => {
    await openGrant();
    const bot = await submitGrant({
      person: 'U0REFILL01',
      role: 'manager',
      offices: [offices['New York'] ?? ''],
    });
    const guest = await submitGrant({ person: 'U0GUEST001' });
    await driver.setStanding('priya', 'deactivated');
    const gone = await submitGrant({ person: 'U0PRIYA001' });
    await driver.setStanding('priya', 'stranger');
    const external = await submitGrant({ person: 'U0PRIYA001' });
    await driver.setStanding('priya', 'member');
    const admin = await submitGrant({ person: 'U0SAM00001' });
    const nowhere = await submitGrant({ person: 'U0PRIYA001', offices: [] });
    const everywhere = await submitGrant({ role: 'company_admin', offices: [offices['New York'] ?? ''] });
    tryOut.sandbox.workspace.faults.set({
      kind: 'error',
      method: 'users.info',
      error: 'internal_error',
      times: 4,
    });
    const silent = await submitGrant({ person: 'U0NOBODY01' }).catch((error: unknown) => error);
    expect([bot, guest, gone, external, admin, nowhere, everywhere]).toMatchObject([
      { fieldErrors: { [field.person]: expect.stringMatching(/Apps and bots/) } },
      { fieldErrors: { [field.person]: expect.stringMatching(/Guests can’t/) } },
      { fieldErrors: { [field.person]: expect.stringMatching(/deactivated/) } },
      { fieldErrors: { [field.person]: expect.stringMatching(/other workspaces/) } },
      { fieldErrors: { [field.person]: expect.stringMatching(/company admin, who can do this already/) } },
      { fieldErrors: { [field.roleOffices]: expect.stringMatching(/at least one office or department/) } },
      { fieldErrors: { [field.roleOffices]: expect.stringMatching(/every office/) } },
    ]);
    expect(silent).toBeDefined();
    expect(await rolesOf('U0PRIYA001')).toEqual([]);
  });

  it('gives a role that holds at once, and everybody who has to know is told', async () => {
    await openGrant();
    const ny = offices['New York'] ?? '';
    expect(await submitGrant({ person: 'U0PRIYA001', role: 'office_admin', offices: [ny] })).toEqual({
      ok: true,
    });
    await modalSays('ana', /<@U0PRIYA001> is now office admin for New York/);
    const list = await driver.eventually(async () => {
      const below = (await driver.views('ana'))[0];
      const shown = visibleText(below?.blocks);
      return /<@U0PRIYA001> · Office admin for New York/.test(shown) && shown;
    });
    expect(list).toBeTruthy();
    await says('sam', 'dm', /<@U0ANA00001> made <@U0PRIYA001> office admin for New York/);
    await says('priya', 'dm', /You’re now office admin for New York/);
    await driver.command('priya', CHANNEL, '/credits add 20');
    await driver.eventually(async () => (await driver.views('priya')).at(-1)?.submit !== undefined);
    const notice = await tryOut.app.db.operatorNotice.findFirstOrThrow({ where: { kind: 'role-changed' } });
    expect(notice.subject).toBe('U0PRIYA001');
  });

  it('takes a role, which ends what was open of it, and never the last active company admin’s', async () => {
    await driver.command('priya', CHANNEL, '/credits add 20');
    await driver.eventually(async () => (await driver.views('priya')).at(-1)?.submit === 'Pay $20.00');
    await openPeople('ana');
    const rows = (await driver.views('ana')).at(-1)?.blocks ?? [];
    const place = rows.findIndex((block) => /U0PRIYA001/.test(visibleText(block)));
    const viewId = (await driver.views('ana')).at(-1)?.id ?? '';
    const { accessory } = rows[place] as unknown as { accessory: { action_id: string; value: string } };
    const click = (value: string, userName = 'ana') =>
      sendAsSlack(
        tryOut,
        interaction({
          type: 'block_actions',
          team: { id: TEAM },
          user: { id: userName === 'ana' ? 'U0ANA00001' : 'U0LI000001', team_id: TEAM },
          trigger_id: 'none',
          container: { type: 'view', view_id: viewId },
          view: { id: viewId, callback_id: IDS.view.people, private_metadata: '0' },
          actions: [{ type: 'button', action_id: IDS.action.peopleRevoke, block_id: 'b', value }],
        }),
      );
    expect(accessory).toMatchObject({ action_id: IDS.action.peopleRevoke, value: 'U0PRIYA001' });
    // Somebody whom the list does not have is nobody to remove.
    await click('U0NOBODY01');
    await driver.close('ana', { all: true });
    const remove = (userId: string, roles: string[], by = 'U0ANA00001') =>
      sendAsSlack(
        tryOut,
        interaction({
          type: 'view_submission',
          team: { id: TEAM },
          user: { id: by, team_id: TEAM },
          view: {
            id: 'VREMOVE',
            callback_id: IDS.view.peopleRevokeForm,
            private_metadata: userId,
            previous_view_id: null,
            state: {
              values: {
                [field.rolesToRemove]: {
                  [field.rolesToRemove]: { selected_options: roles.map((value) => ({ value })) },
                },
              },
            },
          },
        }),
      );
    const priyas = [`office_admin:${offices['New York']}:`];
    expect((await remove('U0PRIYA001', priyas, 'U0LI000001')).text).toMatch(
      /Only company admins can manage people/,
    );
    expect((await remove('U0PRIYA001', priyas)).text).toMatch(/no longer office admin for New York/);
    expect(await rolesOf('U0PRIYA001')).toEqual([]);
    await driver.submit('priya');
    await modalSays('priya', /Only admins can see and add credits/);
    expect(
      await tryOut.app.db.purchaseOrder.count({ where: { userId: 'U0PRIYA001', state: { not: 'draft' } } }),
    ).toBe(0);
    // Sam leaves Slack: Ana is the only one then, and cannot go.
    await driver.setStanding('sam', 'deactivated');
    tryOut.sandbox.clock.advance(6 * 60_000);
    expect((await remove('U0ANA00001', ['company_admin::'])).text).toMatch(/only active company admin/);
    expect(await rolesOf('U0ANA00001')).toEqual(['company_admin']);
    await driver.setStanding('sam', 'member');
    tryOut.sandbox.clock.advance(6 * 60_000);
    await driver.command('sam', CHANNEL, '/credits settings');
    await modalSays('sam', /Notifications/);
    expect(await tryOut.app.db.roleAssignment.count({ where: { suspendedAt: { not: null } } })).toBe(0);
  });
});

describe('what each role may do', () => {
  const REFUSED =
    /Only (company )?admins|only company admins|company admins’|don’t have access|Guests, people from other|Only admins and managers/;
  const commands: Record<string, string[]> = {
    '/credits': ['ana', 'li'],
    '/credits add 20': ['ana', 'li'],
    '/credits auto-recharge': ['ana', 'li'],
    '/credits why': ['ana', 'li'],
    '/credits settings': ['ana', 'li'],
    '/credits bundles': ['ana'],
    '/credits invoices': ['ana'],
    '/credits card': ['ana'],
    '/credits people': ['ana'],
    '/credits export': ['ana', 'li', 'marco'],
    '/credits usage': ['ana', 'li', 'marco', 'priya'],
    '/credits request': ['ana', 'li', 'marco', 'priya'],
  };

  it.each(Object.entries(commands))('%s is for %j alone', async (command, allowed) => {
    for (const user of ['ana', 'li', 'marco', 'priya', 'jo']) {
      await driver.close(user, { all: true }).catch(() => undefined);
      const before = (await driver.messages(user, CHANNEL)).length;
      await driver.command(user, CHANNEL, command);
      const answer = await driver.eventually(async () => {
        const view = (await driver.views(user)).at(-1);
        const shown = view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`;
        if (shown !== '' && !/One moment/.test(shown)) return shown;
        return said((await driver.messages(user, CHANNEL)).slice(before).at(-1));
      });
      expect([user, REFUSED.test(answer)]).toEqual([user, !allowed.includes(user)]);
      if (!['ana', 'li', 'marco'].includes(user)) expect(answer).not.toMatch(/\$\d/);
    }
  });

  it('help lists for each what they may do, and no more', async () => {
    const lines = async (user: string): Promise<string> => {
      const before = (await driver.messages(user, CHANNEL)).length;
      await driver.command(user, CHANNEL, '/credits help');
      return await driver.eventually(async () =>
        said((await driver.messages(user, CHANNEL)).slice(before).at(-1)),
      );
    };
    expect(await lines('ana')).toMatch(/people.*settings/s);
    const [li, marco, priya, jo] = [
      await lines('li'),
      await lines('marco'),
      await lines('priya'),
      await lines('jo'),
    ];
    expect(li).toMatch(/credits add/);
    expect(li).not.toMatch(/credits bundles|credits people/);
    expect(marco).toMatch(/export/);
    expect(marco).not.toMatch(/credits add|credits why|settings/);
    expect(priya).toMatch(/request.*your own calls/s);
    expect(priya).not.toMatch(/export|credits add|settings/);
    expect(jo).not.toMatch(/request|usage/);
  });

  it('a member sees their own records without cost, and nobody else’s', async () => {
    const said = (await tryOut.app.db.member.findMany()).map(({ slackUserId }) => slackUserId);
    expect(said).toContain('U0PRIYA001');
    await driver.command('priya', CHANNEL, '/credits usage');
    const own = await says('priya', CHANNEL, /of November|in November|in December|of December/);
    expect(own).not.toMatch(/\$/);
    await driver.openHome('priya');
    await driver.eventually(async () => /Request credits/.test(visibleText(await driver.home('priya'))));
  });

  it('a stranger of the workspace is told that they have no access, and whom to ask', async () => {
    await tryOut.app.db.member.updateMany({ where: { slackUserId: 'U0PRIYA001' }, data: { active: false } });
    await driver.command('priya', CHANNEL, '/credits');
    await says(
      'priya',
      CHANNEL,
      /don’t have access to Acme Corp’s credits\. Ask <@U0ANA00001> or <@U0SAM00001> if you need it/,
    );
    await tryOut.app.db.member.updateMany({ where: { slackUserId: 'U0PRIYA001' }, data: { active: true } });
  });
});

describe('Slack is asked before anybody acts', () => {
  const orders = () => tryOut.app.db.purchaseOrder.count({ where: { state: { not: 'draft' } } });

  async function review(): Promise<void> {
    await driver.command('li', CHANNEL, '/credits add 20');
    await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Pay $20.00');
  }

  it('so that somebody who was deactivated a moment ago buys nothing', async () => {
    await review();
    const before = await orders();
    await driver.setStanding('li', 'deactivated');
    await driver.submit('li');
    await modalSays('li', /Guests, people from other workspaces/);
    expect(await orders()).toBe(before);
  });

  it('an answer of the last five minutes counts where Slack gives none in time; an older one does not', async () => {
    tryOut.sandbox.clock.advance(6 * 60_000);
    await review();
    const before = await orders();
    const { opened, open } = barrier();
    const slow = () =>
      tryOut.sandbox.workspace.faults.set({
        kind: 'slow',
        method: 'users.info',
        until: opened,
        times: Number.POSITIVE_INFINITY,
      });
    tryOut.sandbox.clock.advance(6 * 60_000);
    slow();
    await driver.submit('li');
    await modalSays('li', /couldn’t confirm your Slack account\. You weren’t charged/);
    expect(await orders()).toBe(before);
    tryOut.sandbox.workspace.faults.clear();
    open();
    await driver.close('li', { all: true });
    await review();
    slow();
    await driver.submit('li');
    await driver.eventually(async () => (await orders()) === before + 1);
  });

  it('for every button and form but those that only show something', async () => {
    const acts = [
      ...Object.keys(listeners.messageActions),
      ...Object.keys(listeners.viewActions),
      ...Object.keys(listeners.submissions),
    ].filter((id) => !READ_ONLY_IDS.has(id));
    expect(acts.length).toBeGreaterThan(20);
    const view = { id: 'VFORGED', private_metadata: 'none', previous_view_id: null, state: { values: {} } };
    const from = { team: { id: TEAM }, user: { id: 'U0ANA00001', team_id: TEAM }, trigger_id: 'none' };
    const submitAs = (id: string) => ({
      type: 'view_submission',
      ...from,
      view: { ...view, callback_id: id },
    });
    const clickOn = (id: string) => ({
      type: 'block_actions',
      ...from,
      container: { type: 'message' },
      actions: [{ type: 'button', action_id: id, block_id: 'b', value: '1' }],
    });
    const refusals = async () =>
      (await driver.messages('ana', 'dm')).filter((each) => /Guests, people from other/.test(said(each)))
        .length;
    for (const id of acts) {
      // With an answer of a moment ago, which would do for what only shows something.
      await driver.setStanding('ana', 'member');
      await sendAsSlack(tryOut, interaction(submitAs(IDS.view.settingsForm)));
      await driver.setStanding('ana', 'deactivated');
      const before = await refusals();
      const isForm = id in listeners.submissions;
      const { text } = await sendAsSlack(tryOut, interaction(isForm ? submitAs(id) : clickOn(id)));
      if (isForm) expect([id, text]).toEqual([id, expect.stringMatching(/Guests, people from other/)]);
      else if (id in listeners.messageActions)
        await driver.eventually(async () => (await refusals()) === before + 1);
    }
    const known: readonly string[] = [...Object.values(IDS.action), ...Object.values(IDS.view)];
    expect([...READ_ONLY_IDS].filter((id) => !known.includes(id))).toEqual([]);
  });
});
