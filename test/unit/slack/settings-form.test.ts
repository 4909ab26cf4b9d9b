import { describe, expect, it } from 'vitest';
import type { Setting } from '../../../src/billing/index.ts';
import { dollars } from '../../../src/money.ts';
import type { Company } from '../../../src/org/index.ts';
import { readSettingsForm } from '../../../src/slack/features/settings/read-settings-form.ts';
import { blockOf, elementOf, settingsForm } from '../../../src/slack/features/settings/settings-form.ts';
import { renderNotice } from '../../../src/slack/notices/render-notice.ts';
import {
  faultsOfMessage,
  faultsOfView,
  viewTooLarge,
} from '../../../src/stand-ins/local-workspace/blocks/index.ts';

const HOSTILE = '<!channel> & *Co* `x` '.repeat(12);
const company: Company = {
  id: 1n,
  name: HOSTILE,
  timeZone: 'America/Los_Angeles',
  country: 'US',
  billingMethod: 'card',
  billingDay: 30,
  pooled: false,
  state: 'active',
  retentionMonths: null,
  purchaseLimits: { min: dollars('5'), max: dollars('1000'), perDay: dollars('2500') },
  approvalLimits: { own: null, operator: dollars('500') },
};

const ofCompany = (field: Setting['field'], value: string | null): Setting => ({
  field,
  walletId: null,
  scopeLabel: null,
  value,
});

function settings(offices: number): Setting[] {
  return [
    ofCompany('channel_any', 'C0CREDITS1'),
    ofCompany('channel_low_balance', null),
    ...Array.from(
      { length: offices },
      (_, index): Setting => ({
        field: 'alert_calls',
        walletId: String(index + 1),
        scopeLabel: `${index + 1} ${HOSTILE}`,
        value: index % 2 === 0 ? '5.00' : null,
      }),
    ),
    ofCompany('approval_limit', null),
    ofCompany('time_zone', 'America/Los_Angeles'),
    ofCompany('billing_day', '30'),
  ];
}

const HOURS = { from: '22:00', to: '07:00', days: [1, 2, 3, 4, 5], timeZone: 'America/Los_Angeles' };

describe('the settings window', () => {
  it.each([0, 1, 8, 9, 150, 1_000])(
    'is one that Slack takes with %i offices, whatever they are called',
    (count) => {
      const view = settingsForm(
        { token: 't', settings: settings(count) },
        company,
        HOURS,
        'Somebody changed it.',
      );
      expect(faultsOfView(view, 'modal')).toEqual([]);
      expect(viewTooLarge(view)).toBe(false);
    },
  );

  it('of many offices changes the one that was chosen, and asks which where only a level was typed', () => {
    const all = settings(20);
    const state = (key: string | null, level: string) => ({
      alert_of: { alert_of: { selected_option: key === null ? null : { value: key } } },
      alert_level: { alert_level: { value: level } },
    });
    expect(readSettingsForm(state('alert_calls:7', '12.5'), all)).toEqual({
      wanted: new Map([['alert_calls:7', '12.50']]),
    });
    expect(readSettingsForm(state('alert_calls:7', ''), all)).toEqual({
      wanted: new Map([['alert_calls:7', null]]),
    });
    expect(readSettingsForm(state(null, '5'), all)).toEqual({
      errors: { alert_of: 'Choose the office for this alert.' },
    });
    expect(readSettingsForm(state('alert_calls:99', ''), all)).toEqual({ wanted: new Map() });
  });

  it('reads nothing from what is not as drawn', () => {
    const all = settings(1);
    const [general] = all;
    if (general === undefined) throw new Error('no setting');
    for (const values of [null, 'text', [], { [blockOf(general)]: 'text' }, { x: { y: { value: 'z' } } }])
      expect(readSettingsForm(values, all)).toEqual({ wanted: new Map() });
    const own = { [elementOf(general)]: { selected_conversation: 'C0OTHER001' } };
    expect(readSettingsForm({ channel_any: own }, all)).toEqual({ wanted: new Map() });
    expect(readSettingsForm({ [blockOf(general)]: own }, all)).toEqual({
      wanted: new Map([['channel_any', 'C0OTHER001']]),
    });
  });
});

describe('the word of a save', () => {
  it('fits a message however much was changed, and escapes names', () => {
    const changes = Array.from({ length: 200 }, (_, index) => ({
      field: 'alert_calls' as const,
      scopeLabel: `${index} ${HOSTILE}`.slice(0, 60),
      from: null,
      to: '5.00',
    }));
    const { text, blocks } = renderNotice({ kind: 'settings', byUserId: 'U1', changes });
    expect(faultsOfMessage(blocks)).toEqual([]);
    expect(text).not.toContain('<!channel>');
  });
});
