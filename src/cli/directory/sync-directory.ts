import { countChanges, countOddItems, type DirectoryChange, syncAndRecord } from '../../org/index.ts';
import { defineCommand, flag, openCompanyOption } from '../frame/index.ts';
import { describeOddItem } from './describe-odd-item.ts';

export const syncDirectoryCommand = defineCommand({
  name: 'directory sync',
  summary: 'bring the directory to what the phone system has now; happens by itself once a day',
  params: {
    company: openCompanyOption(),
    dryRun: flag('--dry-run', 'show what would change, and change nothing'),
    force: flag('--force', 'also where most of the people or numbers would go'),
  },
  async run({ db, clock, secrets }, { company, dryRun, force }) {
    const order = { companyId: company.id, dryRun, force };
    const { changes, oddItems } = await syncAndRecord({ db, clock, secrets }, order);
    const { added, changed, gone } = countChanges(changes);
    const counts = [`${added} added, ${changed} changed, ${gone} gone`, ...countOddItems(oddItems)];
    const total = `${counts.join('; ')}.`;
    return {
      lines: [
        ...changes.map(describeChange),
        ...oddItems.map(describeOddItem),
        dryRun ? `Nothing was changed. It would be: ${total}` : `Done: ${total}`,
      ],
      value: { isDryRun: dryRun, added, changed, gone, changes, oddItems },
    };
  },
});

const SIGNS = { added: '+', changed: '~', gone: '-' };

function describeChange({ what, name, change, fields }: DirectoryChange): string {
  const how = fields.map(({ field, from, to }) => `${FIELDS[field] ?? field} ${from} → ${to}`).join(', ');
  return `${SIGNS[change]} ${what} ${name}${how === '' ? '' : `: ${how}`}`;
}

const FIELDS: Record<string, string> = {
  externalRef: 'id',
  localPrefixes: 'local area',
  isFromPhoneSystem: 'listed by the phone system',
};
