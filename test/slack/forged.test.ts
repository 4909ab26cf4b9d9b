import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listeners } from '../../src/slack/listeners.ts';
import { visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { FORM, interaction, sendAsSlack } from '../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';
import { untilIdle } from '../support/until-idle.ts';

let tryOut: TryOut;

beforeAll(async () => {
  tryOut = await startTestTryOut();
});

afterAll(() => tryOut?.close());

const deliver = (payload: unknown) => sendAsSlack(tryOut, interaction(payload));

function submission(user: string, callbackId: string, metadata: string, values: unknown = {}): unknown {
  return {
    type: 'view_submission',
    team: { id: 'T0ACME0001' },
    user: { id: user, team_id: 'T0ACME0001' },
    view: { id: 'VFORGED', callback_id: callbackId, private_metadata: metadata, state: { values } },
  };
}

async function openReview(): Promise<void> {
  const { driver } = tryOut.sandbox.workspace;
  await driver.close('li', { all: true }).catch(() => undefined);
  await driver.command('li', '#phone-credits', '/credits add 20');
  await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit);
}

/** Li's purchase, reviewed and waiting in Li's window. */
async function lisToken(): Promise<string> {
  await openReview();
  const order = await tryOut.app.db.purchaseOrder.findFirstOrThrow({ orderBy: { id: 'desc' } });
  return order.token;
}

describe('a request that is signed but is nothing of Slack’s', () => {
  const bodies = [
    'null',
    '"x"',
    '[]',
    'name',
    'event=5',
    '{"event":null}',
    '{"type":"view_submission","view":1}',
  ];
  const types = [FORM, 'application/json', 'text/plain'];
  const forms = [
    ...bodies,
    'payload=null',
    'payload={"name":1}',
    'payload={"type":"block_actions","actions":[]}',
  ];

  it.each(forms)('is answered 400, whatever type it says it has, and the app stays: %s', async (body) => {
    for (const type of types)
      expect(await sendAsSlack(tryOut, body, type)).toEqual({ status: 400, text: '' });
    expect((await fetch(`${tryOut.appUrl}/health`)).status).toBe(200);
  });
});

describe('everything that the app listens to, signed and filled with nonsense', () => {
  const NONSENSE = ['nonsense', '', '9'.repeat(19), 'a\u0000b', '__proto__'];
  const from = { team: { id: 'T0ACME0001' }, user: { id: 'U0ANA00001', team_id: 'T0ACME0001' } };
  const place = { type: 'message', channel_id: 'C0CREDITS1', message_ts: '1.1' };
  const view = (id: string, text: string) => ({ id: 'VFORGED', callback_id: id, private_metadata: text });
  const json = 'application/json';
  const event = (type: string, rest: object) => ({
    body: JSON.stringify({
      type: 'event_callback',
      team_id: type === 'app_home_opened' ? 'T0ACME0001' : 'T0NOBODY01',
      event: { type, ...rest },
    }),
    type: json,
  });
  const click = (id: string, text: string, where: object) => ({
    body: interaction({
      type: 'block_actions',
      ...from,
      ...where,
      trigger_id: 'T',
      actions: [
        { action_id: id, block_id: 'b', type: 'button', value: text, selected_option: { value: text } },
      ],
    }),
    type: FORM,
  });
  const ROWS: [string, string, (text: string) => { body: string; type: string }][] = [
    ...listeners.events.flatMap((type): (typeof ROWS)[number][] => [
      ['event', type, (text) => event(type, { user: text, tab: 'home', tokens: { bot: [text] } })],
      ['event of no shape', type, (text) => event(type, { user: [text], tokens: text })],
    ]),
    ...Object.keys(listeners.commands).map((command): (typeof ROWS)[number] => [
      'command',
      command,
      (text) => ({
        body: new URLSearchParams({ command, text, team_id: 'T0ACME0001', user_id: 'U0ANA00001' }).toString(),
        type: FORM,
      }),
    ]),
    ...[
      ...Object.keys(listeners.messageActions),
      ...Object.keys(listeners.claimActions),
      ...listeners.ignoredActions,
    ].map((id): (typeof ROWS)[number] => ['button', id, (text) => click(id, text, { container: place })]),
    ...Object.keys(listeners.viewActions).map((id): (typeof ROWS)[number] => [
      'button of a view',
      id,
      (text) => click(id, text, { view: view('why', text), container: { type: 'view', view_id: 'VFORGED' } }),
    ]),
    ...Object.keys(listeners.submissions).map((id): (typeof ROWS)[number] => [
      'form',
      id,
      (text) => ({
        body: interaction(submission('U0ANA00001', id, text, { [text]: { [text]: { value: text } } })),
        type: FORM,
      }),
    ]),
    ...Object.entries(listeners.suggestions).flatMap(([form, lists]) =>
      Object.keys(lists).map((id): (typeof ROWS)[number] => [
        'list',
        id,
        (text) => ({
          body: interaction({
            type: 'block_suggestion',
            ...from,
            action_id: id,
            block_id: 'b',
            value: text,
            view: view(form, text),
          }),
          type: FORM,
        }),
      ]),
    ),
  ];

  it.each(
    ROWS.map(
      ([what, id, write], index) => [what, id, write, NONSENSE[index % NONSENSE.length] ?? ''] as const,
    ),
  )('is answered: %s %s', async (_, __, write, text) => {
    const { body, type } = write(text);
    expect([200, 400]).toContain((await sendAsSlack(tryOut, body, type)).status);
  });
});

describe('a forged submission', () => {
  it.each(['', 'nonsense', '{"companyId":"1","amount":"9999"}', "' OR 1=1 --"])(
    'with private_metadata %j charges nothing and is answered in words',
    async (metadata) => {
      const answer = await deliver(submission('U0ANA00001', 'purchase_review', metadata));
      expect(answer.status).toBe(200);
      expect(answer.text).toMatch(/out of date\. You weren’t charged/);
    },
  );

  it('cannot confirm another person’s purchase, with the role to buy or without', async () => {
    const token = await lisToken();
    const anas = await deliver(submission('U0ANA00001', 'purchase_review', token));
    expect(anas.text).toMatch(/out of date/);
    const priyas = await deliver(submission('U0PRIYA001', 'purchase_review', token));
    expect(priyas.text).toMatch(/Only admins can see and add credits/);
    const order = await tryOut.app.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
    expect(order.state).toBe('draft');
  });

  it('cannot buy for an office that is not the buyer’s', async () => {
    const token = await lisToken();
    const office = await tryOut.app.db.office.findFirstOrThrow({ where: { isPrimary: true } });
    const answer = await deliver(
      submission('U0LI000001', 'purchase_form', token, {
        scope: { scope: { type: 'static_select', selected_option: { value: `office:${office.id}` } } },
        choice: { choice: { type: 'radio_buttons', selected_option: { value: '20.00' } } },
      }),
    );
    expect(answer.text).toMatch(/can’t add credits there/);
  });

  it('whose state is not a form’s at all is told so on the field', async () => {
    const token = await lisToken();
    const answer = await deliver(submission('U0LI000001', 'purchase_form', token, { choice: 'fifty' }));
    expect(JSON.parse(answer.text)).toMatchObject({ response_action: 'errors' });
  });

  it('whose form lacks a field that is asked for now is told that it is out of date, not of the field', async () => {
    const form = submission('U0ANA00001', 'purchase_form', await lisToken(), {
      choice: { choice: { type: 'radio_buttons', selected_option: { value: '20.00' } } },
    }) as { view: object };
    // As it was shown to an admin of one office, whom a company admin's role was given since.
    const shownBefore = { ...form.view, blocks: [{ type: 'input', block_id: 'choice' }] };
    const answer = await deliver({ ...form, view: shownBefore });
    expect(JSON.parse(answer.text)).toMatchObject({ response_action: 'update' });
    expect(answer.text).toMatch(/out of date/);
  });

  it('is judged by the roles of now: an admin who lost the role while the window was open buys nothing', async () => {
    const { driver } = tryOut.sandbox.workspace;
    const token = await lisToken();
    const role = await tryOut.app.db.roleAssignment.findFirstOrThrow({ where: { userId: 'U0LI000001' } });
    await tryOut.app.db.roleAssignment.delete({
      where: { companyId_id: { companyId: role.companyId, id: role.id } },
    });
    await driver.submit('li');
    const view = (await driver.views('li')).at(-1);
    expect(visibleText(view?.blocks ?? [])).toMatch(/Only admins can see and add credits/);
    expect((await tryOut.app.db.purchaseOrder.findUniqueOrThrow({ where: { token } })).state).toBe('draft');
    await tryOut.app.db.roleAssignment.create({
      data: {
        companyId: role.companyId,
        teamId: role.teamId,
        userId: role.userId,
        role: role.role,
        officeId: role.officeId,
        grantedBy: role.grantedBy,
        grantedAt: role.grantedAt,
      },
    });
  });
});

describe('a receipt', () => {
  it.each([
    [
      'Slack asks to wait',
      { kind: 'rate-limit', retryAfterSeconds: 1, method: 'chat.postMessage', times: 1 } as const,
    ],
    [
      'Slack is unavailable',
      { kind: 'unavailable', when: 'before', method: 'chat.postMessage', times: 2 } as const,
    ],
    [
      'the connection breaks',
      { kind: 'drop', when: 'before', method: 'chat.postMessage', times: 1 } as const,
    ],
  ])('still comes, once, when %s', async (_, fault) => {
    const { driver, faults } = tryOut.sandbox.workspace;
    await openReview();
    faults.set(fault);
    await driver.submit('li');
    const order = await driver.eventually(() =>
      tryOut.app.db.purchaseOrder.findFirst({ where: { state: 'settled' }, orderBy: { id: 'desc' } }),
    );
    const receipt = `R-${order.receiptNumber?.toString().padStart(6, '0')}`;
    const told = async (): Promise<number> =>
      (await driver.messages('ana', '#phone-credits')).filter(({ text }) => text.includes(receipt)).length;
    await driver.eventually(async () => (await told()) === 1);
    await untilIdle(tryOut);
    expect(await told()).toBe(1);
  });
});
