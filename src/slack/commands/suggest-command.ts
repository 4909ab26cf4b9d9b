/** What people call it elsewhere. */
const SYNONYMS: Readonly<Record<string, string>> = {
  admins: 'people',
  alerts: 'settings',
  bill: 'invoices',
  billing: 'invoices',
  budget: 'limits',
  calls: 'usage',
  channel: 'settings',
  costs: 'usage',
  csv: 'export',
  download: 'export',
  history: 'why',
  log: 'audit',
  pay: 'add',
  payment: 'card',
  purchase: 'add',
  report: 'usage',
  spending: 'usage',
  statement: 'why',
  status: 'balance',
  topup: 'add',
  'top-up': 'add',
  transactions: 'why',
  transfer: 'move',
  users: 'people',
};

/** The subcommand that was probably meant: a synonym’s, else the nearest (two slips at most); null when nothing is near enough. */
export function suggestCommand(typed: string, commands: readonly string[]): string | null {
  const word = typed.toLowerCase();
  const meant = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
  if (meant !== undefined && commands.includes(meant)) return meant;
  const ranked = commands
    .map((command) => ({ command, slips: distance(word, command) }))
    .toSorted((a, b) => a.slips - b.slips);
  const best = ranked[0];
  return best !== undefined && best.slips <= Math.min(2, best.command.length - 2) ? best.command : null;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. By hand: libraries count a
 * swap, the commonest slip, as two.
 */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (isSame ? 0 : 1), swapped));
    }
  }
  return at(a.length, b.length);
}
