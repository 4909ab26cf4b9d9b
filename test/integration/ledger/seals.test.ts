import { expect, it } from 'vitest';
import { placeHold } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase } from '../../support/database.ts';
import { findings, november, openBooks } from '../../support/ledger.ts';
import { sumUp } from '../../support/sum-up.ts';

it('a column that is added to a sealed table breaks no row before it, and none that is posted after', async () => {
  const sealed = [
    'book',
    'wallet',
    'credit_grant',
    'entry',
    'entry_split',
    'usage_record',
    'posting',
    'wallet_summed',
    'hold',
  ];
  const other = await freshDatabase();
  try {
    const own = await openBooks(other.db, { pooled: true });
    const live = async (on: number) => {
      await own.grant('general', '3', { on });
      await own.grant('calling', '1', { on });
      await own.post([
        own.usage({ cost: '2', usageAt: november(on) }),
        own.usage({ cost: '4', usageAt: november(on) }),
      ]);
      await own.post([own.usage({ cost: '1', usageAt: november(on) })]);
      await placeHold(other.db, {
        companyId: own.companyId,
        key: `hold-${on}`,
        officeId: null,
        memberId: 7n,
        departmentId: 8n,
        class: 'ai',
        amount: dollars('0.000001'),
        expiresAt: november(on + 3),
        at: november(on),
      });
      await sumUp(other.db, own.companyId, november(on + 1));
    };
    await own.grant('ai', '1', { office: null });
    await live(3);
    expect(await findings(other.db)).toEqual([]);
    for (const table of sealed)
      await other.db.$executeRawUnsafe(`ALTER TABLE ${table} ADD COLUMN later text DEFAULT 'x'`);
    expect(await findings(other.db)).toEqual([]);
    await live(4);
    expect(await findings(other.db)).toEqual([]);
    for (const table of sealed)
      expect(await other.db.$queryRawUnsafe(`SELECT FROM ${table} LIMIT 1`)).toHaveLength(1);
    // Whom a hold is for is sealed, too, also against being taken away.
    await other.db.$executeRawUnsafe(`ALTER TABLE hold DISABLE TRIGGER USER`);
    for (const change of [
      'member_id = 9',
      'member_id = NULL, department_id = NULL',
      'department_id = member_id',
    ]) {
      await other.db.$executeRawUnsafe(`UPDATE hold SET ${change}`);
      const named = (await findings(other.db)).filter(({ check }) => check === 'seal');
      expect(named.map(({ row }) => row).sort(), change).toEqual(['key hold-3', 'key hold-4']);
    }
  } finally {
    await other.close();
  }
});
