import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';

/**
 * The one of `all` that an option names, in any case. Throws RefillError `bad-argument`, with the names there are, for a name
 * that none or several have.
 */
export function findByName(
  option: string,
  typed: string,
  all: readonly { id: bigint; names: string[] }[],
): bigint {
  const wanted = typed.trim().toLowerCase();
  const found = all.filter(({ names }) => names.some((name) => name.toLowerCase() === wanted));
  const [only] = found;
  const known = all.map(({ names }) => names.at(-1)).join('; ');
  if (only === undefined)
    throw new RefillError(
      'bad-argument',
      `${option} "${typed}" is not known. There are: ${known || 'none'}.`,
    );
  if (found.length > 1)
    throw new RefillError('bad-argument', `${option} "${typed}" names several. Type one of: ${known}.`);
  return only.id;
}

/** The office of a company that `--office` names; null where none was named. Throws as `findByName`. */
export async function findOffice(
  db: Db,
  companyId: bigint,
  typed: string | undefined,
): Promise<bigint | null> {
  if (typed === undefined) return null;
  const offices = await db.office.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  return findByName(
    '--office',
    typed,
    offices.map(({ id, name }) => ({ id, names: [name] })),
  );
}
