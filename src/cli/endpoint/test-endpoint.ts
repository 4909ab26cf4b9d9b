import { testEndpoint } from '../../notices/index.ts';
import { argument, defineCommand, type Outcome, openCompanyOption, text } from '../frame/index.ts';

export const testEndpointCommand = defineCommand({
  name: 'endpoint test',
  summary: 'send a signed ping now; one that is accepted switches the endpoint on again',
  params: { company: openCompanyOption(), endpoint: argument('<endpoint>', 'as list prints it', text) },
  async run({ db, clock, secrets }, { company, endpoint: id }): Promise<Outcome> {
    const sent = await testEndpoint({ db, clock, secrets }, { companyId: company.id, id });
    return sent.isAccepted
      ? { lines: ['The ping was accepted.'], value: { id, isAccepted: true } }
      : {
          lines: [`The ping was not accepted: ${sent.error}.`],
          value: { id, isAccepted: false, error: sent.error },
          status: 1,
        };
  },
});
