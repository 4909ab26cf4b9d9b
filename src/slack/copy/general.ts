import { mentionAny } from './format.ts';

export const generalCopy = {
  /** Below a button of the Home tab whose answer is a message. */
  answeredInMessages: 'The answer is in your messages with Refill.',
  openMessages: 'Open Messages',
  channelTried: ':white_check_mark: Refill can post here. Only you can see this message.',
  channelRefused: {
    not_in_channel: 'Refill isn’t in that channel. Type /invite @Refill there, then try again.',
    channel_not_found: 'Refill isn’t in that channel. Type /invite @Refill there, then try again.',
    user_not_in_channel: 'You’re not in that channel. Join it, then try again.',
    is_archived: 'That channel is archived. Choose another one.',
    restricted_action: 'Only some people can post in that channel. Choose another one.',
  } as Record<string, string>,

  helpLink: '`/credits link CODE`  link this workspace to your company, with the code from your provider',
  helpHelp: '`/credits help`  this list',
  helpTitle: '*What you can do with Refill*',
  unknownCommand: (typed: string, meant: string | null): string =>
    meant === null
      ? `I don’t know \`/credits ${typed}\`. \`/credits help\` lists what I can do.`
      : `I don’t know \`/credits ${typed}\`. Did you mean \`/credits ${meant}\`?`,

  notBound:
    'This workspace isn’t linked to a company yet. Ask your provider for a code, then enter `/credits link CODE`.',
  stranger: (company: string, admins: readonly string[]): string =>
    `You don’t have access to ${company}’s credits.${
      admins.length === 0 ? '' : ` Ask ${mentionAny(admins)} if you need it.`
    }`,
  /** To people of a company that the operator does not serve now, when they want more than to look. */
  notServed: {
    suspended:
      'Your provider has suspended your company. You can look, but nothing can be bought or changed until they resume it. Usage is still counted.',
    closed:
      'Your provider has closed your company’s account. You can look, but nothing can be bought or changed anymore.',
  },
  outsider:
    'Guests, people from other workspaces and bots can’t see or add credits here. Nothing was changed.',
  unconfirmed: 'We couldn’t confirm your Slack account. You weren’t charged. Try again in a minute.',
  onlyAdmins: (buyers: readonly string[]): string =>
    buyers.length === 0
      ? 'Only admins can see and add credits, and your company has none yet. Ask your provider.'
      : `Only admins can see and add credits. Ask ${mentionAny(buyers)}, or request credits with \`/credits request\`. See usage with \`/credits usage\`.`,
  noUsage: (buyers: readonly string[]): string =>
    buyers.length === 0
      ? 'Only admins and managers can export usage, and your company has none yet. Ask your provider.'
      : `Only admins and managers can export usage. Ask ${mentionAny(buyers)}, or see your own with \`/credits usage\`.`,
  poolOnly: (buyers: readonly string[]): string =>
    `Your company shares its credits, so company admins add them. Ask ${mentionAny(buyers)}, or request credits with \`/credits request\`.`,

  linked: (company: string): string =>
    `This workspace is linked to *${company}*, and you’re its first company admin. Enter \`/credits\` to see the balance.`,
  linkNeedsCode: 'Add the code from your provider, like `/credits link K7QM-2WXT-9FHB`.',
  linkRefused: {
    'link-code-unknown': 'That code isn’t valid. Check it and try again, or ask your provider for a new one.',
    'link-code-used': 'That code was already used. Ask your provider for a new one.',
    'link-code-expired': 'That code has expired. Ask your provider for a new one.',
    'link-too-many-tries': 'Too many attempts. Try again in an hour.',
    'workspace-already-bound': 'This workspace or company is already linked. Nothing was changed.',
  },

  failed: (reference: string): string =>
    `Something went wrong on our side. You weren’t charged. Try again in a minute. If it happens again, contact your provider. Reference *${reference}*.`,
  failedPerhapsCharged: (reference: string): string =>
    `Something went wrong on our side, and we can’t tell yet whether your purchase went through. If it did, we’ll post the receipt in your channel. Check \`/credits\` in a minute before you try again. Reference *${reference}*.`,
  databaseAway: (reference: string): string =>
    `Refill is temporarily unavailable. Nothing was changed, and you weren’t charged. Try again in a minute. Reference *${reference}*.`,
  restarting:
    'Refill is restarting. Nothing was changed, and you weren’t charged. Run the command again in a minute.',
  notAllowed: 'You can’t do that anymore. Nothing was changed. Ask a company admin.',
  outdated: 'This is out of date. You weren’t charged. Enter `/credits` to see the current balance.',
  abandoned:
    'This purchase was closed before it was paid. *You weren’t charged.* Enter `/credits add` to start over.',
};
