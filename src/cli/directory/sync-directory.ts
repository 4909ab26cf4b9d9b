import { countChanges, type DirectoryChange, syncAndRecord } from '../../org/index.ts';
import { companyOption, defineCommand, flag } from '../frame/index.ts';

export const syncDirectoryCommand = defineCommand({
  name: 'directory sync',
  summary: 'bring the directory to what the phone system has now; happens by itself once a day',
  params: {
    company: companyOption(),
    dryRun: flag('--dry-run', 'show what would change, and change nothing'),
    force: flag('--force', 'also where most of the people or numbers would go'),
  },
  async run({ db, clock, secrets }, { company, dryRun, force }) {
    const changes = await syncAndRecord({ db, clock, secrets }, { companyId: company.id, dryRun, force });
    const { added, changed, gone } = countChanges(changes);
    const total = `${added} added, ${changed} changed, ${gone} gone.`;
    return {
      lines: [
        ...changes.map(describeChange),
        dryRun ? `Nothing was changed. It would be: ${total}` : `Done: ${total}`,
      ],
      value: { isDryRun: dryRun, added, changed, gone, changes },
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
