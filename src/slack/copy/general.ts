import { mentionAny } from './format.ts';

export const generalWords = {
  helpTitle: '*What you can do with Refill*',
  /** A line a command, by what it takes to be allowed it. */
  helpLines: [
    { needs: 'money', text: '`/credits`  your balance' },
    { needs: 'buying', text: '`/credits add`  add credits: choose, review, pay' },
    { needs: 'buying', text: '`/credits add 50`  the same with $50.00 filled in' },
    { needs: 'company', text: '`/credits bundles`  your bundles: buy, change, cancel' },
    {
      needs: 'company',
      text: '`/credits invoices`  your invoices and their files; also `INV-2026-0042` after it',
    },
    {
      needs: 'buying',
      text: '`/credits auto-recharge`  add credits automatically when they run low; `on` or `off` after it',
    },
    {
      needs: 'company',
      text: '`/credits card`  your company’s cards: add one, verify one, choose the default',
    },
    { needs: 'asking', text: '`/credits`  whom to ask for credits' },
    { needs: 'asking', text: '`/credits request 50 for the fair`  request credits from your admins' },
    { needs: 'own', text: '`/credits usage`  your own calls and messages; also `last month`, `oct 3-9`' },
    {
      needs: 'usage',
      text: '`/credits usage`  this month’s usage and its cost; also `last month`, `oct 3-9`, and whose',
    },
    { needs: 'money', text: '`/credits why`  what made the balance what it is, entry by entry' },
    {
      needs: 'usage',
      text: '`/credits export`  usage as a file: choose the period, people, offices and types',
    },
    {
      needs: 'usage',
      text: '`/credits export last month`  the same with a period filled in; also `november`, `2026-11-03 to 2026-11-09`',
    },
    { needs: 'company', text: '`/credits people`  who can do what: add and remove roles' },
    {
      needs: 'settings',
      text: '`/credits settings`  channels, low-balance alerts, limits, time zone and billing day',
    },
    {
      needs: 'nothing',
      text: '`/credits link CODE`  link this workspace to your company, with the code from your provider',
    },
    { needs: 'anything', text: '`/credits help`  this list' },
  ] as const satisfies readonly { needs: string; text: string }[],

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
  } as Record<string, string>,

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
