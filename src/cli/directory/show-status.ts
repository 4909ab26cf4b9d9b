import { oddItems as oddItemsOf } from '../../org/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';
import { describeOddItem } from './describe-odd-item.ts';

export const showDirectoryStatusCommand = defineCommand({
  name: 'directory status',
  summary: 'how reading the directory went the last time, and when it is read next',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const source = await db.directorySource.findUnique({ where: { companyId: company.id } });
    if (source === null)
      return {
        lines: ['The phone system is not connected. See: refill directory connect --help'],
        value: { source: null },
      };
    const { url, triedAt, outcome, message, doneAt, dueAt } = source;
    const oddItems = oddItemsOf.parse(source.oddItems);
    return {
      lines: [
        `Read from  ${url}`,
        `Last       ${triedAt === null ? 'never' : `${triedAt.toISOString()}  ${message}`}`,
        ...(outcome !== null && outcome !== 'done' ? [`Last good  ${doneAt?.toISOString() ?? 'never'}`] : []),
        `Next       ${dueAt.toISOString()}`,
        ...oddItems.map(describeOddItem),
      ],
      value: { source: { url, triedAt, outcome, message, doneAt, dueAt, oddItems } },
    };
  },
});
