import { readFileSync } from 'node:fs';

/** A runbook of docs/operate/alerts.md: the commands that its section has, to be run as they are written. */
export interface Runbook {
  /**
   * The arguments of the command that begins so, with values in place of its words in capitals (`--company NAME`). Throws where
   * the section has no such command, or a word in capitals is left.
   */
  take(beginning: string, values?: Readonly<Record<string, string>>): string[];
  /** The SQL in the section's `psql` command. */
  takeSql(beginning: string, values?: Readonly<Record<string, string>>): string;
  /** Commands that were not taken. */
  left(): string[];
}

export function openRunbook(alert: string): Runbook {
  const text = readFileSync('docs/operate/alerts.md', 'utf8');
  const section = new RegExp(`^## ${alert}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(text)?.[1];
  if (section === undefined) throw new Error(`no runbook for ${alert}`);
  const spans = [...section.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
  const commands = spans.filter((code) => /^(refill|psql) /.test(code));
  const taken = new Set<string>();
  const find = (beginning: string, values: Readonly<Record<string, string>>): string => {
    const command =
      commands.find((each) => each === beginning) ?? commands.find((each) => each.startsWith(beginning));
    if (command === undefined)
      throw new Error(`the runbook of ${alert} has no command that begins "${beginning}"`);
    taken.add(command);
    return Object.entries(values).reduce(
      (filled, [word, value]) => filled.replace(new RegExp(`\\b${word}\\b`), value),
      command,
    );
  };
  return {
    take(beginning, values = {}) {
      const command = find(`refill ${beginning}`, {});
      const args = command
        .split(' ')
        .slice(1)
        .map((word) => values[word] ?? word);
      const open = args.find((word) => /^[A-Z]{3,}$/.test(word));
      if (open !== undefined) throw new Error(`no value for ${open} in "${command}"`);
      return args;
    },
    takeSql(beginning, values = {}) {
      const [, sql = ''] = /-c "([^"]+)"/.exec(find(`psql "$DATABASE_URL" -c "${beginning}`, values)) ?? [];
      return sql;
    },
    left: () => commands.filter((command) => !taken.has(command)),
  };
}
