import { argument, defineCommand, openCompanyOption, text, withDefault } from '../frame/index.ts';
import { saveChannel } from './save-channel.ts';

export const setChannelCommand = defineCommand({
  name: 'channel set',
  summary: 'choose the Slack channel in which a company’s notices are posted',
  params: {
    company: openCompanyOption(),
    channel: argument('<channel>', 'the channel’s id, like C0123456789', text),
    kind: withDefault(
      '--kind <kind>',
      'low_balance, purchases, bundles, billing, or any for all',
      text,
      'any',
    ),
  },
  async run({ db, clock }, { company, channel, kind }) {
    await saveChannel(db, { companyId: company.id, channelId: channel, kind, at: clock.now() });
    return {
      lines: [`Notices go to ${channel} now. Invite Refill there: /invite @Refill`],
      value: { channelId: channel, kind },
    };
  },
});
