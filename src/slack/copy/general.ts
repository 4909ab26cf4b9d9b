import { mentionAny } from './format.ts';

export const generalCopy = {
  helpLink: '`/credits link CODE`  link this workspace to your company, with the code from your provider',
  helpHelp: '`/credits help`  this list',
  helpTitle: '*What you can do with Refill*',
  unknownCommand: (typed: string, meant: string | null): string =>
    meant === null
      ? `I don’t know \`/credits ${typed}\`. \`/credits help\` lists what I can do.`
      : `I don’t know \`/credits ${typed}\`. Did you mean \`/credits ${meant}\`?`,

  notBound:
    'This workspace is not linked to a company yet. Ask your operator for a code, then type `/credits link CODE`.',
  stranger: (company: string, admins: readonly string[]): string =>
    `You don’t have access to ${company}’s credits.${
      admins.length === 0 ? '' : ` Ask ${mentionAny(admins)} if you need it.`
    }`,
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
    `This workspace is linked to *${company}*, and you are its first company admin. Type \`/credits\` to see the balance.`,
  linkNeedsCode: 'Type the code after it: `/credits link K7QM-2WXT-9FHB`. Your operator gives it to you.',
  linkRefused: {
    'link-code-unknown':
      'That code is not right. Check it and type it again, or ask your operator for a new one.',
    'link-code-used': 'That code was used already. Ask your operator for a new one.',
    'link-code-expired': 'That code has expired. Ask your operator for a new one.',
    'link-too-many-tries': 'Too many codes were tried here. Wait an hour, then try again.',
    'workspace-already-bound': 'This workspace, or that company, is linked already. Nothing was changed.',
  },

  failed: (reference: string): string =>
    `Something went wrong on our side. Nothing was charged by this click. Try again in a minute; if it stays, quote reference *${reference}*.`,
  failedPerhapsCharged: (reference: string): string =>
    `Something went wrong on our side, and we can’t say yet whether your purchase went through. If it did, its receipt comes to your channel; if not, nothing is charged. Look at \`/credits\` in a minute before you try again. Reference *${reference}*.`,
  databaseAway: (reference: string): string =>
    `Refill cannot reach its books right now, so it did nothing. Nothing was charged. Try again in a minute. Reference *${reference}*.`,
  notAllowed: 'You can’t do that anymore. Nothing was changed. Ask a company admin.',
  outdated:
    'That is out of date. Nothing was charged by this click. Type `/credits` to see how things are now.',
  abandoned:
    'This purchase was closed before it was paid. *You weren’t charged.* Type `/credits add` to start over.',
};
