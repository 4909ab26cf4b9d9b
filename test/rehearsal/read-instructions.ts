import { readFileSync } from 'node:fs';

/** One thing that the page has a reader do, in its order. */
export type Step =
  | { kind: 'events'; names: string[] }
  | { kind: 'env'; values: Record<string, string> }
  | { kind: 'command'; line: string }
  | { kind: 'slack'; person: string; text: string };

const BLOCK = /^```(events|env|sh|slack)\n([\s\S]*?)^```$/gm;

/** Every step of docs/operate/set-up.md, as written. Throws where a block is not of a known form. */
export function readInstructions(path = 'docs/operate/set-up.md'): Step[] {
  return [...readFileSync(path, 'utf8').matchAll(BLOCK)].flatMap(([, kind = '', text = '']): Step[] => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (kind === 'events') return [{ kind: 'events', names: lines }];
    if (kind === 'env') return [{ kind: 'env', values: Object.fromEntries(lines.map(readVariable)) }];
    if (kind === 'sh') return lines.map((line) => ({ kind: 'command', line }));
    return lines.map(readSlackLine);
  });
}

function readVariable(line: string): [string, string] {
  const [, name = '', value = ''] = /^([A-Z_]+)=(.+)$/.exec(line) ?? [];
  if (name === '') throw new Error(`not a variable: ${line}`);
  return [name, value];
}

function readSlackLine(line: string): Step {
  const [, person = '', text = ''] = /^(\w+): (\/.+)$/.exec(line) ?? [];
  if (person === '') throw new Error(`not something typed in Slack: ${line}`);
  return { kind: 'slack', person, text };
}

/** Puts the installation's own values in place of the page's examples; `used` collects which ones stood there. */
export function fillIn(
  text: string,
  placeholders: Readonly<Record<string, string>>,
  used: Set<string>,
): string {
  let filled = text;
  for (const [example, value] of Object.entries(placeholders)) {
    if (!filled.includes(example)) continue;
    used.add(example);
    filled = filled.replaceAll(example, value);
  }
  return filled;
}
