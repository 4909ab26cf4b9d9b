import { type Cell, drawCells, expectedOf } from './cells.ts';
import { type Answer, deliver, type Request, writeRequest } from './deliver.ts';
import { type Estate, OWN_NUMBER } from './estate.ts';
import { isRefused, listLeaks } from './judge.ts';
import { matrix, mayDo, nameOf } from './matrix.ts';
import { IDENTITIES, SENDERS, type Sender } from './people.ts';
import { type Difference, type Onlooker, openOnlooker } from './snapshot.ts';
import type { World } from './world.ts';
import { writeCell } from './write-cell.ts';

const BATCH = 40;
const AT_ONCE = 6;
const ACTS_WITHIN_MS = 10_000;

export interface AccessReport {
  requests: number;
  /** Requests that were allowed and did what they say. Each was sent once more. */
  acted: number;
  /** Rows of which no allowed act was played, by name. */
  unplayed: string[];
  batches: number;
  faults: string[];
}

interface Play {
  world: World;
  onlooker: Onlooker;
  random: () => number;
  report: AccessReport;
  mostFaults: number;
  onProgress(line: string): void;
}

/** Sends so many requests, sender by sender, and compares the tables around each batch of them. */
export async function playAccess(
  world: World,
  options: {
    requests: number;
    random: () => number;
    /** The name of the only row that is asked about. */
    only: string | undefined;
    /** After so many faults nothing more is sent. */
    mostFaults: number;
    onProgress(line: string): void;
  },
): Promise<AccessReport> {
  const onlooker = await openOnlooker(world.databaseUrl);
  const report: AccessReport = { requests: 0, acted: 0, unplayed: listActs(), batches: 0, faults: [] };
  const play: Play = { ...options, world, onlooker, report };
  try {
    await introduce(play);
    const cells = drawCells(options);
    for (const sender of SENDERS) {
      await playSender(
        play,
        cells.filter((cell) => cell.sender === sender),
      );
      options.onProgress(`${sender}: ${report.requests} requests so far, ${report.faults.length} faults`);
    }
    // What everything else depends on is changed at the end, and once.
    const last = cells.find((cell) => cell.row.last && expectedOf(cell) === 'acts');
    if (last !== undefined) await playAct(play, last);
  } finally {
    await onlooker.close();
  }
  return report;
}

/**
 * Slack's word about accounts that may not act suspends their roles at the first that is heard of them. And what must not
 * be seen has to be there: the company admin sees it, the manager usage with its cost, and the member their own record.
 */
async function introduce({ world }: Play): Promise<void> {
  const ask = async (sender: Sender, word: string): Promise<string> => {
    const row = matrix.find(({ way, id }) => way === 'command' && id === word);
    if (row === undefined) throw new Error(`there is no command ${word}`);
    const request = writeRequest(world, row, sender, { value: '0' });
    return (await deliver(world, row, request, { isAwaited: true })).said ?? '';
  };
  for (const sender of SENDERS) await ask(sender, 'balance');
  const { offices, balances, last4, colleague } = world.acme.marks;
  const shown: readonly [Sender, string, readonly string[]][] = [
    ['company_admin', 'balance', [...offices, ...balances]],
    ['company_admin', 'card', [last4]],
    ['manager', 'usage', [colleague, '$3.50']],
    ['member', 'usage', [OWN_NUMBER]],
  ];
  for (const [sender, word, marks] of shown) {
    const said = await ask(sender, word);
    const missing = marks.filter((mark) => !said.includes(mark));
    if (missing.length > 0) throw new Error(`${sender} is not shown ${missing.join(', ')}: ${said}`);
  }
}

/** What somebody may do that changes something. */
function listActs(): string[] {
  return matrix.filter(({ acts, who }) => acts && who.length > 0).map(nameOf);
}

async function playSender(play: Play, cells: readonly Cell[]): Promise<void> {
  const acts = cells.filter((cell) => expectedOf(cell) === 'acts' && !cell.row.last);
  const still = cells.filter((cell) => expectedOf(cell) !== 'acts');
  for (let at = 0; at < still.length; at += BATCH) await playBatch(play, still.slice(at, at + BATCH));
  for (const cell of acts) await playAct(play, cell);
}

/** Requests that must change nothing, some at a time. */
async function playBatch(play: Play, cells: readonly Cell[]): Promise<void> {
  const { world, onlooker, report } = play;
  const [first] = cells;
  if (first === undefined || report.faults.length >= play.mostFaults) return;
  const written: { cell: Cell; request: Request }[] = [];
  for (const cell of cells) written.push({ cell, request: await writeCell(play, cell) });
  const before = await onlooker.look(first.sender);
  const queue = [...written];
  const answers = new Map<Request, Answer>();
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      answers.set(next.request, await send(play, next.cell, next.request));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const changes = await onlooker.compare(before, await onlooker.look(first.sender));
  for (const { cell, request } of written) judge(play, cell, request, answers.get(request));
  if (changes.length > 0)
    fault(play, `${first.sender}: one of these changed something:`, [
      ...changes.slice(0, 5).map(({ text }) => text),
      ...written.map(({ cell }) => describe(cell)),
    ]);
  endBatch(play);
  world.desk.forget();
}

/** A request that is allowed and changes something: of the sender's company alone, and not again when sent again. */
async function playAct(play: Play, cell: Cell): Promise<void> {
  const { world, onlooker, report } = play;
  if (report.faults.length >= play.mostFaults) return;
  const request = await writeCell(play, cell);
  const before = await onlooker.look(cell.sender);
  const answer = await send(play, cell, request);
  const after = await lookOnceChanged(play, cell, before);
  const changes = await onlooker.compare(before, after);
  judge(play, cell, request, answer);
  const others = changes.filter((change) => isOfOthers(play, cell.sender, change));
  if (changes.length === 0) fault(play, `${describe(cell)} is allowed, and did nothing`, [answer.said ?? '']);
  if (others.length > 0)
    fault(
      play,
      `${describe(cell)} changed what is another company’s`,
      others.map(({ text }) => text),
    );
  report.acted += 1;
  report.unplayed = report.unplayed.filter((name) => name !== nameOf(cell.row));
  await send(play, cell, request);
  const again = await onlooker.compare(after, await onlooker.look(cell.sender));
  if (again.length > 0 && !cell.row.repeats)
    fault(
      play,
      `${describe(cell)} did something again when sent again`,
      again.map(({ text }) => text),
    );
  endBatch(play);
  world.desk.forget();
}

async function lookOnceChanged(play: Play, cell: Cell, before: Awaited<ReturnType<Onlooker['look']>>) {
  const until = performance.now() + ACTS_WITHIN_MS;
  for (;;) {
    const after = await play.onlooker.look(cell.sender);
    const isChanged = after.size !== before.size || [...after.keys()].some((row) => !before.has(row));
    if (isChanged || !cell.row.silent || performance.now() > until) return after;
  }
}

function isOfOthers({ world }: Play, sender: Sender, { companyId }: Difference): boolean {
  return companyId !== null && companyId !== homeOf(world, sender).company.companyId.toString();
}

async function send(play: Play, cell: Cell, request: Request): Promise<Answer> {
  play.report.requests += 1;
  const { row, sender } = cell;
  const isPossible = mayDo(row, sender, 'here') || mayDo(row, sender, 'elsewhere');
  const isAwaited = !(row.silent && (isPossible || row.who.length === 0));
  return await deliver(play.world, row, request, { isAwaited });
}

function judge(play: Play, cell: Cell, request: Request, answer: Answer | undefined): void {
  const { world } = play;
  const { row, sender, value } = cell;
  const said = [...new Set([answer?.said ?? '', ...world.desk.answers(request.key)])].join('\n');
  const told = [said.slice(0, 600)];
  const isMalformed = answer?.status === 400 && value === 'garbage';
  if (answer?.status !== 200 && !isMalformed)
    fault(play, `${describe(cell)} was answered ${answer?.status}`, told);
  if (answer?.said === null) fault(play, `${describe(cell)} was not answered`, []);
  const leaks = listLeaks(world, sender, said);
  if (leaks.length > 0) fault(play, `${describe(cell)} was told ${leaks.join(', ')}`, told);
  const isNo = row.way === 'list' ? /^{"options":\[\]}$/.test(said.trim()) : isRefused(said);
  const expected = expectedOf(cell);
  if (expected === 'refused' && !isNo) fault(play, `${describe(cell)} was not refused`, told);
  if ((expected === 'served' || expected === 'acts') && isNo)
    fault(play, `${describe(cell)} is allowed, and was refused`, told);
}

/** What the app logged as a failure of its own is one. */
function endBatch(play: Play): void {
  play.report.batches += 1;
  for (const line of play.world.failures.splice(0)) fault(play, 'the app failed', [line.slice(0, 1_500)]);
}

function fault({ report, onProgress }: Play, what: string, details: readonly string[]): void {
  const told = [what, ...details.map((line) => `  ${line}`)].join('\n');
  report.faults.push(told);
  onProgress(told);
}

const describe = ({ sender, row, value }: Cell): string => `${sender} ${nameOf(row)} ${value}`;

function homeOf({ acme, globex }: World, sender: Sender): Estate {
  return IDENTITIES[sender].teamId === globex.company.teamId ? globex : acme;
}
