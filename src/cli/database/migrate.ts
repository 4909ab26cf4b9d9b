import { migrateDatabase, readSchemaState, USAGE_CONVERSION } from '../../db/index.ts';
import { convertUsage } from '../../usage/index.ts';
import { defineCommand, flag, openSecrets } from '../frame/index.ts';

export const migrateCommand = defineCommand({
  name: 'migrate',
  summary: 'bring the database to this version’s schema; every other command refuses an older or newer one',
  params: { status: flag('--status', 'only say what would be applied; exit status 1 where something would') },
  needs: 'address',
  async run({ databaseUrl, config, clock, log }, { status }) {
    const before = await readSchemaState({ url: databaseUrl });
    if (status) {
      const { state, pending } = before;
      return {
        lines:
          state === 'current'
            ? ['The database is up to date.']
            : [`To be applied: ${pending.length}.`, ...pending.map((name) => `  ${name}`)],
        value: { state, pending, applied: [] },
        status: state === 'current' ? 0 : 1,
      };
    }
    const migrated = await migrateDatabase({ url: databaseUrl, log });
    const secrets = openSecrets(config);
    const isConverted = await convertUsage({ url: databaseUrl, secrets, clock, log });
    const applied = [...migrated, ...(isConverted ? [USAGE_CONVERSION] : [])];
    return {
      lines:
        applied.length === 0
          ? ['The database is up to date; nothing was applied.']
          : [...applied.map((name) => `applied ${name}`), `Done: ${applied.length} applied.`],
      value: { state: 'current', pending: [], applied },
    };
  },
});
