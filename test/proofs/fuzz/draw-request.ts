import { chanceOf } from '../simulate/chance.ts';
import { drawApi, drawUsage } from './draw-api.ts';
import { drawSlack } from './draw-slack.ts';
import { drawPage, drawProcessor, drawVendor } from './draw-webhooks.ts';
import { type FuzzRequest, SURFACES, type Surface } from './request.ts';
import type { World } from './world.ts';

/** Of a hundred requests. */
const SHARES: Readonly<Record<Surface, number>> = {
  api: 30,
  usage: 15,
  vendor: 8,
  slack: 35,
  processor: 7,
  pages: 5,
};

/** What a number stands for follows from the seed, and from what the app showed on its last walk. */
export function drawRequest(
  world: World,
  { seed, number, processorIds }: { seed: number; number: number; processorIds: readonly string[] },
): FuzzRequest {
  const chance = chanceOf(seed * 1_000_003 + number);
  let turn = chance.between(0, 99);
  const surface = SURFACES.find((each) => {
    turn -= SHARES[each];
    return turn < 0;
  });
  switch (surface) {
    case 'usage':
      return drawUsage(world, chance);
    case 'vendor':
      return drawVendor(world, chance);
    case 'slack':
      return drawSlack(world, chance, `k${number}`);
    case 'processor':
      return drawProcessor(world, chance, processorIds);
    case 'pages':
      return drawPage(chance, listOwnAddresses(world));
    default:
      return drawApi(world, chance);
  }
}

/** What the app has shown of its own pages: those of cards, receipts and invoices. */
function listOwnAddresses({ appUrl, harvest }: World): string[] {
  const { port } = new URL(appUrl);
  const shown = [...harvest.addresses.values()].flat();
  return shown.filter((each) => URL.canParse(each) && new URL(each).port === port);
}
