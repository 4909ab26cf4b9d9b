import { mentionAny } from './format.ts';

export const generalWords = {
  help: [
    '*What Refill can do*',
    '`/credits`  your balance',
    '`/credits add`  add credits: choose, review, confirm',
    '`/credits add 50`  the same with $50.00 filled in',
    '`/credits bundles`  your bundles: buy, change, cancel (company admins)',
    '`/credits invoices`  your company’s invoices and their files; also `INV-2026-0042` after it (company admins)',
    '`/credits auto-recharge`  add credits by themselves when they run low; `on` or `off` after it',
    '`/credits card`  your company’s cards: add one, confirm one, choose which is charged',
    '`/credits request 50 for the fair`  ask your admins for credits, if you can’t add them yourself',
    '`/credits usage`  this month’s usage; also `last month`, `oct 3-9`, and whose',
    '`/credits why`  what made the balance what it is, entry by entry',
    '`/credits export`  usage as a file: choose the period, people, offices and kinds',
    '`/credits export last month`  the same with a period filled in; also `november`, `2026-11-03`, `2026-11-03 to 2026-11-09`',
    '`/credits settings`  where notices go, low-balance alerts, the approval limit, time zone and billing day',
    '`/credits link CODE`  link this workspace to your company, with the code from your operator',
    '`/credits help`  this list',
  ].join('\n'),

  unknownCommand: (typed: string, meant: string | null): string =>
    meant === null
      ? `I don’t know \`/credits ${typed}\`. \`/credits help\` lists what I can do.`
      : `I don’t know \`/credits ${typed}\`. Did you mean \`/credits ${meant}\`?`,

  notBound:
    'This workspace is not linked to a company yet. Ask your operator for a code, then type `/credits link CODE`.',
  stranger: (buyers: readonly string[]): string =>
    `You are not part of this company’s phone system, so there is nothing to show you.${
      buyers.length === 0 ? '' : ` If that is wrong, ask ${mentionAny(buyers)}.`
    }`,
  outsider:
    'Guests, people from other workspaces and bots can’t see or add credits here. Nothing was changed.',
  onlyAdmins: (buyers: readonly string[]): string =>
    buyers.length === 0
      ? 'Only admins can see and add credits, and your company has none yet. Ask your operator.'
      : `Only admins can see and add credits. Ask ${mentionAny(buyers)}, or request credits with \`/credits request\`.`,
  noUsage: (buyers: readonly string[]): string =>
    buyers.length === 0
      ? 'Only admins and managers can see and export usage, and your company has none yet. Ask your operator.'
      : `Only admins and managers can see and export usage. Ask ${mentionAny(buyers)}.`,
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
