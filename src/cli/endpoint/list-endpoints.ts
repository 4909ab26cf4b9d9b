import { type Endpoint, listEndpoints } from '../../notices/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const listEndpointsCommand = defineCommand({
  name: 'endpoint list',
  summary: 'where a company’s events are sent, and whether they are accepted',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const endpoints = await listEndpoints(db, company.id);
    return {
      lines: endpoints.length === 0 ? ['No endpoints yet.'] : endpoints.map(describe),
      value: { endpoints },
    };
  },
});

function describe({ id, url, pingAcceptedAt, failingSince, offAt }: Endpoint): string {
  const ping = pingAcceptedAt === null ? 'no ping accepted yet' : `ping ${pingAcceptedAt.toISOString()}`;
  const state = offAt === null ? null : `switched off ${offAt.toISOString()}`;
  const failing = failingSince === null ? 'good' : `failing since ${failingSince.toISOString()}`;
  return `${id}  ${url}  ${ping}  ${state ?? failing}`;
}
