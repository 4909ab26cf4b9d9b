import { addEndpoint } from '../../notices/index.ts';
import { defineCommand, openCompanyOption, option, text } from '../frame/index.ts';

export const addEndpointCommand = defineCommand({
  name: 'endpoint add',
  summary: 'send signed events to a phone system; the secret is shown once',
  params: {
    company: openCompanyOption(),
    url: option('--url <url>', 'its https address', text),
  },
  async run({ db, clock, secrets }, { company, url }) {
    const { id, secret } = await addEndpoint({ db, clock, secrets }, { companyId: company.id, url });
    return {
      lines: [`Endpoint ${id}  ${url}`, `Secret   ${secret}`, 'It is pinged at once, then hourly.'],
      value: { id, url, secret },
    };
  },
});
