import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Planned, type Played, planWhole, playUntilProven } from './play-all.ts';
import { type Proof, wholeNumber } from './proof.ts';
import { type ProofServer, startProofServer } from './proof-server.ts';
import { proofs } from './proofs.ts';

/** The command line is not what it has to be. */
class UsageError extends Error {}

const HELP = `npm run proofs                      every proof in full, and every mistake that it has to find
npm run proofs -- --share [--seed N] a part of each, drawn by the seed: about two minutes
npm run proofs -- NAME [options]     one of them, once: [--sabotage MISTAKE] [--json]

${Object.entries(proofs).map(describeProof).join('\n')}
`;

function describeProof([name, { claim, defaults, sabotages }]: [string, Proof]): string {
  const options = Object.entries(defaults).map(([option, value]) => `--${option} ${value ?? 'N'}`);
  const mistakes = sabotages.length === 0 ? [] : [`    mistakes: ${sabotages.join(', ')}`];
  return [`${name}: ${claim}`, `    ${options.join(' ')}`, ...mistakes].join('\n');
}

/** Reads `NAME --option N …`; the options are those of the proof that is named. */
function readCommand(args: readonly string[]) {
  const name = args[0]?.startsWith('-') === false ? args[0] : undefined;
  const proof = name === undefined ? undefined : proofs[name];
  if (name !== undefined && proof === undefined)
    throw new UsageError(`there is no proof ${name}, but ${Object.keys(proofs).join(', ')}`);
  const own = Object.keys(proof?.defaults ?? {}).map((option) => [option, { type: 'string' as const }]);
  const { values } = parseArgs({
    args: args.slice(name === undefined ? 0 : 1),
    options: {
      ...(Object.fromEntries(own) as Record<string, { type: 'string' }>),
      seed: { type: 'string' },
      sabotage: { type: 'string' },
      share: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { share, json, help, sabotage, ...options } = values;
  return { name, proof, share, json, help, sabotage, options };
}

/** Plays one after the other: each takes both cores of a small machine. Answers how many failed. */
async function playPlanned(planned: readonly Planned[], server: ProofServer): Promise<number> {
  const startedAt = performance.now();
  let failed = 0;
  for (const one of planned) {
    const played = await playUntilProven(one, { server, onProgress: () => undefined });
    if (!played.passed) failed += 1;
    process.stdout.write(`${describePlayed(played)}\n`);
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  process.stdout.write(`${planned.length - failed} passed, ${failed} failed in ${seconds} s\n`);
  return failed;
}

function describePlayed({ planned, passed, verdict, figures, details, seconds }: Played): string {
  const { name, options = {}, sabotage, proof } = planned;
  const what =
    sabotage === undefined ? proof.claim : `finds the mistake ${sabotage}${passed ? '' : ' (it did not)'}`;
  const line = `${passed ? 'ok    ' : 'FAILED'} ${name}: ${what} (${seconds.toFixed(1)} s)`;
  if (passed) return line;
  const command = [
    `npm run proofs -- ${name}`,
    ...Object.entries(options).map(([option, value]) => `--${option} ${value}`),
    ...(sabotage === undefined ? [] : [`--sabotage ${sabotage}`]),
  ];
  return [line, `  ${verdict}: ${JSON.stringify(figures)}`, ...details, command.join(' ')].join('\n  ');
}

/** One play as asked for, with its figures. */
async function playOne(
  proof: Proof,
  { options, sabotage, json }: ReturnType<typeof readCommand>,
  server: ProofServer,
): Promise<number> {
  const given = z.record(z.string(), z.string()).parse(options);
  const onProgress = (line: string): void => {
    if (!json) process.stderr.write(`${line}\n`);
  };
  const { verdict, figures, details } = await proof.play(given, { server, sabotage, onProgress });
  if (json) process.stdout.write(`${JSON.stringify({ verdict, ...figures, details })}\n`);
  else {
    for (const [name, figure] of Object.entries({ verdict, ...figures }))
      process.stdout.write(`${name.padEnd(16)} ${figure}\n`);
    for (const line of details) process.stdout.write(`${line}\n`);
  }
  return verdict === 'holds' ? 0 : 1;
}

function plan({ name, proof, share, options }: ReturnType<typeof readCommand>): Planned[] {
  const asked = Object.entries(name === undefined || proof === undefined ? proofs : { [name]: proof });
  if (!share) return asked.flatMap(([each, of]) => planWhole(each, of));
  const { seed } = z.object({ seed: wholeNumber(1, { min: 0 }) }).parse(options);
  process.stdout.write(`seed ${seed}: npm run proofs -- --share --seed ${seed} plays the same\n`);
  return asked.flatMap(([each, of]) => of.share(seed).map((play) => ({ name: each, proof: of, ...play })));
}

async function run(args: readonly string[]): Promise<number> {
  const command = readCommand(args);
  const { proof, share, help, sabotage } = command;
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (sabotage !== undefined && proof?.sabotages.includes(sabotage) !== true)
    throw new UsageError(`--sabotage takes one of ${proof?.sabotages.join(', ') ?? 'those of a proof'}`);
  const server = await startProofServer();
  try {
    if (proof !== undefined && !share) return await playOne(proof, command, server);
    return (await playPlanned(plan(command), server)) === 0 ? 0 : 1;
  } finally {
    await server.close();
  }
}

/** In a sentence what is wrong with the command line, or null where something else went wrong. */
function describeUsage(error: unknown): string | null {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`).join('; ');
  const isParseError = error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(`${error.code}`);
  return error instanceof UsageError || isParseError ? error.message : null;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const reason = describeUsage(error);
  if (reason === null) throw error;
  process.stderr.write(`${reason}\n`);
  process.exitCode = 2;
}
