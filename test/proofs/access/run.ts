import { findPerson, type Person } from '../../../src/org/index.ts';
import { type Cell, drawCells, expectedOf } from './cells.ts';
import { type Answer, deliver, type Request, writeRequest } from './deliver.ts';
import { isRefused, listLeaks } from './judge.ts';
import { matrix, mayDo, nameOf } from './matrix.ts';
import { IDENTITIES, isForeign, SENDERS, type Sender } from './people.ts';
import { type Difference, type Onlooker, openOnlooker } from './snapshot.ts';
import type { Carried, Place, Thing } from './things/thing.ts';
import { things } from './things.ts';
import { forge, garbage } from './values.ts';
import type { Estate, World } from './world.ts';

const BATCH = 40;
const AT_ONCE = 6;
const ACTS_WITHIN_MS = 10_000;

export interface AccessReport {
  requests: number;
  /** Requests that were allowed and did what they say. Each was sent once more. */
  acted: number;
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
  const report: AccessReport = { requests: 0, acted: 0, batches: 0, faults: [] };
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

/** Slack's word about accounts that may not act suspends their roles at the first that is heard of them. */
async function introduce(play: Play): Promise<void> {
  const row = matrix.find(({ way, id }) => way === 'command' && id === 'balance');
  if (row === undefined) throw new Error('everybody begins with the balance');
  for (const sender of SENDERS) {
    const request = writeRequest(play.world, row, sender, { value: '0' });
    await deliver(play.world, row, request, { isAwaited: true });
  }
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
  for (const cell of cells) written.push({ cell, request: await write(play, cell) });
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
  const request = await write(play, cell);
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

/** Makes what the request names, and writes it. */
async function write(play: Play, cell: Cell): Promise<Request> {
  return writeRequest(play.world, cell.row, cell.sender, await carry(play, cell));
}

async function carry(play: Play, cell: Cell): Promise<Carried> {
  const { row, value } = cell;
  const thing: Thing = things[row.names];
  const place = await placeOf(play, cell);
  switch (value) {
    case 'garbage':
      return garbage(play.random);
    case 'forged':
      return forge(await thing.make(place));
    case 'foreign':
      return await thing.make(await abroad(play, cell));
    case 'mixed': {
      const { values } = await thing.make(await abroad(play, cell));
      return { ...(await thing.make(place)), values };
    }
    case 'stale': {
      const carried = await thing.make(place);
      await thing.age?.(place, carried);
      return carried;
    }
    default:
      return await thing.make(place);
  }
}

/** Where the thing is, and whose: the sender’s where they may have it, else a company admin’s. */
async function placeOf({ world }: Play, { row, sender, value }: Cell): Promise<Place> {
  const isElsewhere = value === 'elsewhere' || (!row.ofOffice && sender === 'office_admin_elsewhere');
  const isTheirs = value !== 'anothers' && mayDo(row, sender, isElsewhere ? 'elsewhere' : 'here');
  const own =
    isTheirs && !isForeign(sender) ? await find(world, world.acme, IDENTITIES[sender].userId) : null;
  const owner = own ?? (await admin(world, world.acme, value === 'anothers' ? 'ULI' : 'UANA'));
  return { world, estate: world.acme, office: isElsewhere ? 1 : 0, owner };
}

/** The same of a company that is not the sender’s. */
async function abroad({ world }: Play, { sender }: Cell): Promise<Place> {
  const estate = isForeign(sender) ? world.acme : world.globex;
  const owner = await admin(world, estate, isForeign(sender) ? 'ULI' : 'UANA');
  return { world, estate, office: 0, owner };
}

function find({ app }: World, { company: { teamId } }: Estate, userId: string): Promise<Person | null> {
  return findPerson(app.db, { teamId, userId });
}

async function admin(world: World, estate: Estate, userId: string): Promise<Person> {
  const person = await find(world, estate, userId);
  if (person === null) throw new Error(`${userId} is nobody there`);
  return person;
}
