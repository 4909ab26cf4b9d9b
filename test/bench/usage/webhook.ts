import { median } from '../figures.ts';
import type { Measure } from './measure.ts';
import { IN_FLIGHT, startSender } from './sender.ts';
import { LINE, openDoors } from './usage-doors.ts';

const EVENTS = IN_FLIGHT * 30;
const NAIVE_EVENTS = IN_FLIGHT * 5;

/** Single signed events over HTTP, 64 in flight, one company, against a handler with one transaction an event. */
export const webhook: Measure = {
  id: 'webhook',
  async run({ isQuick, database }) {
    const doors = await openDoors(await database());
    const sender = startSender(doors.port);
    let next = 0;
    const bodies = (count: number): Promise<string[]> =>
      Promise.all(
        Array.from({ length: count }, () => {
          next += 1;
          return doors.sign(hangup(next));
        }),
      );
    const round = async () => {
      const [ours, naives] = [await bodies(EVENTS), await bodies(NAIVE_EVENTS)];
      return {
        ours: await sender.send(doors.webhookPath, ours),
        naive: await sender.send(doors.naivePath, naives),
      };
    };
    try {
      await round();
      const rounds: Awaited<ReturnType<typeof round>>[] = [];
      for (let n = isQuick ? 3 : 9; n > 0; n -= 1) rounds.push(await round());
      const of = (who: 'ours' | 'naive', what: 'rate' | 'p99Ms'): number =>
        median(rounds.map((each) => each[who][what]));
      return [
        {
          id: 'webhook',
          value: median(rounds.map(({ ours, naive }) => ours.rate / naive.rate)),
          target: '>= 12',
          absolute: `${of('ours', 'rate').toFixed(0)} events/s against ${of('naive', 'rate').toFixed(0)}/s`,
        },
        {
          id: 'webhookP99',
          value: median(rounds.map(({ ours, naive }) => ours.p99Ms / naive.p99Ms)),
          target: '<= 0.2',
          absolute: `${of('ours', 'p99Ms').toFixed(1)} ms against ${of('naive', 'p99Ms').toFixed(1)} ms`,
        },
      ];
    } finally {
      sender.stop();
      await doors.close();
    }
  },
};

function hangup(n: number): object {
  const now = Date.now();
  return {
    call_id: `${5_600_000_000_000_000 + n}`,
    master_call_id: null,
    entry_point_call_id: null,
    state: 'hangup',
    direction: 'outbound',
    external_number: `+4420794${String(n % 100_000).padStart(5, '0')}`,
    internal_number: LINE,
    date_started: now - 90_000,
    date_connected: now - 80_000,
    date_ended: now - 20_000,
    duration: 1_000.5 + (n % 50_000),
    target: {},
    is_internal: false,
    event_timestamp: now - 10_000,
  };
}
