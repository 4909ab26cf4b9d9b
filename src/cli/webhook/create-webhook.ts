import { RefillError } from '../../errors.ts';
import { createWebhook } from '../../usage/index.ts';
import { defineCommand, instant, openCompanyOption, optional, text } from '../frame/index.ts';

export const createWebhookCommand = defineCommand({
  name: 'webhook create',
  summary: 'print a new address and the secret to sign with; the secret is shown once',
  params: {
    company: openCompanyOption(),
    name: optional('--name <name>', 'what it is for', text),
    expiresAt: optional(
      '--expires <day>',
      'the first day on which it is refused, in UTC, or an instant',
      instant,
    ),
  },
  async run({ db, clock, secrets, publicUrl }, { company, name = null, expiresAt = null }) {
    if (publicUrl === null)
      throw new RefillError(
        'no-public-address',
        'REFILL_PUBLIC_URL is none, so no phone system can reach Refill. Set its https address first.',
      );
    const { path, secret } = await createWebhook({ db, clock, secrets }, company.id, {
      name,
      expiresAt,
    });
    const address = `${publicUrl}${path}`;
    return {
      lines: [`Address  ${address}`, `Secret   ${secret}`],
      value: { address, secret, name, expiresAt },
    };
  },
});
