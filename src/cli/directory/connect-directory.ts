import { connectPhoneSystem, PHONE_SYSTEM_URL } from '../../org/index.ts';
import { defineCommand, openCompanyOption, text, withDefault } from '../frame/index.ts';
import { keyFileOption, readKey } from '../phone-system/read-key.ts';

export const connectDirectoryCommand = defineCommand({
  name: 'directory connect',
  summary: 'read a company’s directory from its phone system from now on; the key is kept sealed',
  params: {
    company: openCompanyOption(),
    keyFile: keyFileOption,
    url: withDefault('--url <address>', 'where its API is', text, PHONE_SYSTEM_URL),
  },
  async run({ db, clock, secrets, stdin }, { company, keyFile, url }) {
    const key = await readKey(keyFile, stdin);
    await connectPhoneSystem({ db, clock, secrets }, { companyId: company.id, url, key });
    return {
      lines: [`Connected. See what it would change: refill directory sync --company ${company.id} --dry-run`],
      value: { url },
    };
  },
});
