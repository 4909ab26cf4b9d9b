import type { Db } from '../db/index.ts';
import { readBalance } from '../ledger/index.ts';
import { dollars, formatDollars } from '../money.ts';

/** A line for each company, oldest first: its number, name, Slack workspace, way to pay and general credits. */
export async function listCompanies(db: Db, at: Date): Promise<string[]> {
  const companies = await db.company.findMany({ include: { workspace: true }, orderBy: { id: 'asc' } });
  if (companies.length === 0) return ['No company yet. Found one: refill company-add --name NAME'];
  const lines: string[] = [];
  for (const { id, name, workspace, billingMethod } of companies) {
    const { wallets } = await readBalance(db, id, at);
    const general = wallets.reduce((sum, wallet) => sum.plus(wallet.general), dollars('0'));
    const where = workspace === null ? 'no workspace linked' : `workspace ${workspace.name}`;
    lines.push(`${id}  ${name}  ${where}  pays by ${billingMethod}  ${formatDollars(general)}`);
  }
  return lines;
}
