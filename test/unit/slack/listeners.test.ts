import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { features } from '../../../src/slack/features.ts';
import { MESSAGE_LIST_KEY } from '../../../src/slack/kit/long-lists.ts';
import { listeners } from '../../../src/slack/listeners.ts';
import { hasListener } from '../../../src/slack/read-delivery.ts';
import { IDS } from '../../support/slack-ids.ts';

const manifestText = readFileSync('manifest.yml', 'utf8');
const manifest = parse(manifestText) as {
  features: { slash_commands: { command: string }[] };
  oauth_config: { scopes: { bot: string[] } };
  settings: {
    event_subscriptions: { bot_events: string[] };
    interactivity: { request_url: string; message_menu_options_url: string };
  };
};

/** Windows without a submit button. */
const ONLY_READ = new Set<string>([
  IDS.view.quietResult,
  IDS.view.exportSchedules,
  IDS.view.purchaseResult,
  IDS.view.bundleResult,
  IDS.view.cardResult,
  IDS.view.invoice,
  IDS.view.exportResult,
  IDS.view.settingsResult,
  IDS.view.sharingResult,
  IDS.view.limits,
  IDS.view.limitText,
  IDS.view.moveResult,
  IDS.view.rechargeResult,
  IDS.view.requestResult,
  IDS.view.people,
  IDS.view.peopleText,
  IDS.view.why,
]);

describe('the manifest and the listeners', () => {
  it('know the same commands', () => {
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(
      Object.keys(listeners.commands),
    );
  });

  it('know the same events', () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(listeners.events);
  });

  it('ask for exactly these scopes, each with its reason beside it', () => {
    expect(manifest.oauth_config.scopes.bot).toEqual([
      'commands',
      'chat:write',
      'files:write',
      'users:read',
      'users:read.email',
    ]);
    for (const scope of manifest.oauth_config.scopes.bot)
      expect(manifestText).toMatch(new RegExp(`^\\s+- ${scope} # \\S`, 'm'));
  });
});

describe('every id', () => {
  it('of a list that Slack asks the options of stands in a modal of ours or in a message, and the manifest names the address', () => {
    const [views, fields] = [
      [...Object.values<string>(IDS.view), MESSAGE_LIST_KEY],
      Object.values<string>(IDS.field),
    ];
    for (const [view, lists] of Object.entries(listeners.suggestions)) {
      expect(views).toContain(view);
      for (const id of Object.keys(lists))
        expect([...fields, ...Object.values<string>(IDS.action)]).toContain(id);
    }
    const { request_url, message_menu_options_url } = manifest.settings.interactivity;
    expect(message_menu_options_url).toBe(request_url);
  });

  it('of a button has exactly one answer', () => {
    const answered = [
      ...Object.keys(listeners.messageActions),
      ...Object.keys(listeners.claimActions),
      ...Object.keys(listeners.viewActions),
      ...listeners.ignoredActions,
    ];
    expect(answered.toSorted()).toEqual(Object.values(IDS.action).toSorted());
  });

  it('is registered by one feature, once', () => {
    const registered = features.flatMap(
      ({ messageActions = {}, claimActions = {}, viewActions = {}, submissions = {}, commands = [] }) => [
        ...[messageActions, claimActions, viewActions, submissions].flatMap((table) => Object.keys(table)),
        ...commands.flatMap(({ word, also = [] }) => [word, ...also].map((each) => `/credits ${each}`)),
      ],
    );
    expect(registered.length).toBeGreaterThan(80);
    expect(registered.filter((id, index) => registered.indexOf(id) !== index)).toEqual([]);
    const views = features.flatMap(({ suggestions = {} }) => Object.keys(suggestions));
    expect(views).toEqual([...new Set(views)]);
  });

  it('that is said to show only, or to be answered after, is one that the same feature registers', () => {
    for (const {
      messageActions,
      viewActions,
      submissions,
      afterSubmissions = {},
      readOnly = [],
    } of features) {
      const own = Object.keys({ ...messageActions, ...viewActions, ...submissions });
      expect(readOnly.filter((id) => !own.includes(id))).toEqual([]);
      expect(Object.keys(afterSubmissions).filter((id) => !(id in (submissions ?? {})))).toEqual([]);
    }
  });

  it('of a button is let through to its answer', () => {
    const isHeard = (id: string): boolean =>
      hasListener({ type: 'block_actions', actions: [{ action_id: id }] });
    expect(Object.values(IDS.action).filter((id) => !isHeard(id))).toEqual([]);
  });

  it('of a window with a submit button is answered', () => {
    expect(Object.keys(listeners.submissions).toSorted()).toEqual(
      Object.values(IDS.view)
        .filter((id) => !ONLY_READ.has(id))
        .toSorted(),
    );
  });
});
