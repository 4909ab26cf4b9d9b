import { readFileSync } from 'node:fs';

/** An instruction of a Dockerfile: its name in capitals, and all that follows it, on one line. */
export interface Instruction {
  name: string;
  value: string;
}

/** The stages of a Dockerfile, each from its FROM on. */
export function readDockerfile(path: string): Instruction[][] {
  const lines = readFileSync(path, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === '') throw new Error(`not an instruction: ${line}`);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, value });
  }
  return stages;
}

/** The value of the last instruction of that name, or of none. */
export function lastOf(stage: readonly Instruction[], name: string): string | undefined {
  return stage.findLast((instruction) => instruction.name === name)?.value;
}

/** The words of a command in its JSON form. */
export function wordsOf(command: string | undefined): string[] {
  const words: unknown = JSON.parse(command ?? '[]');
  if (!Array.isArray(words)) throw new Error(`not a command in JSON: ${command}`);
  return words.map(String);
}
