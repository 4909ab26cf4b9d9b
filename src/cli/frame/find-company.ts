import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';

/** A company as an operator names it. */
export interface CompanyRef {
  readonly id: bigint;
  readonly name: string;
  /** Its name in small letters, digits and hyphens: `acme-corp`. */
  readonly slug: string;
}

/**
 * The company of that number, name (in any case) or short name, in this order. Throws RefillError `company-unknown`, or
 * `company-ambiguous` where several companies are named so.
 */
export async function findCompanyRef(db: Db, typed: string): Promise<CompanyRef> {
  const given = typed.trim();
  const rows = await db.company.findMany({ select: { id: true, name: true }, orderBy: { id: 'asc' } });
  const companies = rows.map(({ id, name }) => ({ id, name, slug: slugOf(name) }));
  const byNumber = /^\d{1,18}$/.test(given) ? companies.filter(({ id }) => id === BigInt(given)) : [];
  const byName = companies.filter(({ name }) => name.toLowerCase() === given.toLowerCase());
  const bySlug = companies.filter(({ slug }) => slug !== '' && slug === slugOf(given));
  const found = [byNumber, byName, bySlug].find((matches) => matches.length > 0) ?? [];
  const [company] = found;
  if (company === undefined) {
    throw new RefillError(
      'company-unknown',
      `There is no company "${typed}" in this database. See: refill company list`,
    );
  }
  if (found.length > 1) {
    const which = found.map(({ id, name }) => `${name} (${id})`).join(', ');
    throw new RefillError(
      'company-ambiguous',
      `"${typed}" names several companies: ${which}. Use the number.`,
    );
  }
  return company;
}

/** `Acme Corp` → `acme-corp`; accents fall away, so that it can be typed anywhere. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}
