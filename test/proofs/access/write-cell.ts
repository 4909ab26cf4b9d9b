import { findPerson, type Person } from '../../../src/org/index.ts';
import type { Cell } from './cells.ts';
import { type Request, writeRequest } from './deliver.ts';
import type { Estate } from './estate.ts';
import { mayDo } from './matrix.ts';
import { IDENTITIES, isForeign } from './people.ts';
import type { Carried, Place, Thing } from './things/thing.ts';
import { things } from './things.ts';
import { forge, garbage } from './values.ts';
import type { World } from './world.ts';

interface Means {
  world: World;
  random: () => number;
}

/** Makes what the request names, and writes it. */
export async function writeCell(play: Means, cell: Cell): Promise<Request> {
  return writeRequest(play.world, cell.row, cell.sender, await carry(play, cell));
}

async function carry(play: Means, cell: Cell): Promise<Carried> {
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
async function placeOf({ world }: Means, { row, sender, value }: Cell): Promise<Place> {
  const isElsewhere = value === 'elsewhere' || (!row.ofOffice && sender === 'office_admin_elsewhere');
  const isTheirs = value !== 'anothers' && mayDo(row, sender, isElsewhere ? 'elsewhere' : 'here');
  const own =
    isTheirs && !isForeign(sender) ? await find(world, world.acme, IDENTITIES[sender].userId) : null;
  const owner = own ?? (await admin(world, world.acme, value === 'anothers' ? 'ULI' : 'UANA'));
  return { world, estate: world.acme, office: isElsewhere ? 1 : 0, owner };
}

/** The same of a company that is not the sender’s. */
async function abroad({ world }: Means, { sender }: Cell): Promise<Place> {
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
