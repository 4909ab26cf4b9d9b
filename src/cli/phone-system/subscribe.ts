import { RefillError } from '../../errors.ts';
import { listEventAddresses, PHONE_SYSTEM_URL, subscribeToEvents } from '../../org/index.ts';
import { createWebhook, listWebhooks, revokeWebhook } from '../../usage/index.ts';
import { defineCommand, openCompanyOption, text, withDefault } from '../frame/index.ts';
import { keyFileOption, readKey } from './read-key.ts';

export const subscribePhoneSystemCommand = defineCommand({
  name: 'phone-system subscribe',
  summary: 'have a company’s phone system send its calls and texts, signed, to an address that this makes',
  params: {
    company: openCompanyOption(),
    keyFile: keyFileOption,
    url: withDefault('--url <address>', 'where its API is', text, PHONE_SYSTEM_URL),
  },
  async run({ db, clock, secrets, stdin, publicUrl }, { company, keyFile, url }) {
    if (publicUrl === 'none')
      throw new RefillError(
        'no-public-address',
        'REFILL_PUBLIC_URL is none: no phone system can reach this app. Set its public address first.',
      );
    const access = { url, key: await readKey(keyFile, stdin) };
    const live = (await listWebhooks(db, company.id)).filter(({ revokedAt }) => revokedAt === null);
    const known = new Set(await listEventAddresses(access));
    const present = live.map(({ path }) => `${publicUrl}${path}`).find((address) => known.has(address));
    if (present !== undefined)
      return { lines: [`Its events come already, to ${present}`], value: { address: present, isNew: false } };
    const { path, secret } = await createWebhook({ db, clock, secrets }, company.id);
    const address = `${publicUrl}${path}`;
    try {
      await subscribeToEvents(access, { address, secret });
    } catch (error) {
      await revokeWebhook({ db, clock }, { companyId: company.id, address });
      throw error;
    }
    return {
      lines: [
        `Calls and texts come to ${address} from now on, signed with a secret that only both sides know.`,
      ],
      value: { address, isNew: true },
    };
  },
});
