import { probeProcessor, requiredEvents } from '../billing/index.ts';
import type { Config, LiveConfig } from '../config.ts';
import { type Check, fault, notChecked, ok } from './check.ts';
import { judgeClock } from './judge-clock.ts';
import { judgeSignatures } from './judge-signatures.ts';

type Probe = Awaited<ReturnType<typeof probeProcessor>>;

export interface ProcessorQuestion {
  readonly config: Config;
  readonly deliveries: ReadonlyMap<string, Date> | null;
  readonly now: Date;
}

/** The key, its rights and the webhook endpoint, as the processor itself says. */
export async function checkProcessor({ config, deliveries, now }: ProcessorQuestion): Promise<Check[]> {
  const { live } = config;
  if (live === undefined)
    return [notChecked('processor-key', 'The try-out brings a card processor of its own.')];
  const probe = await probeProcessor(live.stripe);
  const how = 'asked the processor (balance)';
  if (probe.refusal?.kind === 'unreachable')
    return [
      notChecked(
        'processor-key',
        `The card processor did not answer: ${probe.refusal.message}`,
        'Allow this machine to reach api.stripe.com, then run this again.',
      ),
      ...judgeProcessorDeliveries(live, deliveries, now),
    ];
  if (probe.refusal !== null)
    return [
      fault(
        'processor-key',
        probe.refusal.kind === 'key'
          ? `The processor refuses STRIPE_SECRET_KEY: ${probe.refusal.message}`
          : `STRIPE_SECRET_KEY may not read the balance: ${probe.refusal.message}`,
        how,
        probe.refusal.kind === 'key'
          ? 'Copy the key anew from the processor’s page, Developers, API keys.'
          : 'Give the restricted key the right to read Balance.',
      ),
    ];
  return [
    judgeKey(live, probe, how),
    judgeRights(probe),
    judgeEndpoint(config, live, probe),
    judgeClock('clock-processor', 'the card processor', { ours: now, theirs: probe.at }),
    ...judgeProcessorDeliveries(live, deliveries, now),
  ];
}

function judgeKey(live: LiveConfig, { isLive }: Probe, how: string): Check {
  if (live.mode === 'live' && isLive === false)
    return fault(
      'processor-key',
      'STRIPE_SECRET_KEY is a test key, and this installation is live: credits would be sold for play money.',
      how,
      'Use the live key, or set REFILL_PLAY_MONEY=yes if play money is meant.',
    );
  if (live.mode !== 'live' && isLive === true)
    return fault(
      'processor-key',
      'STRIPE_SECRET_KEY charges real cards, and this installation is for play money.',
      how,
      'Use a test key, or a database of its own for live.',
    );
  return ok('processor-key', `The key is accepted (${isLive === true ? 'live' : 'test'}).`, how);
}

function judgeRights({ missingRights }: Probe): Check {
  const how = 'read one of each; whether a restricted key may write cannot be known without writing';
  if (missingRights.length === 0) return ok('processor-rights', 'The key may read what the app reads.', how);
  return fault(
    'processor-rights',
    `The key may not read: ${missingRights.join(', ')}.`,
    how,
    'Give the restricted key these rights, to write as well.',
  );
}

function judgeEndpoint(config: Config, live: LiveConfig, { endpoints }: Probe): Check {
  const id = 'processor-endpoint';
  if (live.publicUrl === null)
    return notChecked(id, 'REFILL_PUBLIC_URL is none: no event arrives, and outcomes are found by asking.');
  const url = `${live.publicUrl}/webhooks/stripe`;
  const how = 'listed the endpoints at the processor; compared with the events that the app reacts to';
  if (endpoints === null)
    return notChecked(
      id,
      'The key may not list webhook endpoints.',
      'Give it the right to read Webhook Endpoints.',
    );
  const events = requiredEvents(config);
  const endpoint = endpoints.find((each) => each.url === url && each.isEnabled);
  if (endpoint === undefined)
    return fault(
      id,
      `No enabled endpoint sends to ${url}.`,
      how,
      `Add one at the processor, Developers, Webhooks, with the events ${events.join(', ')}.`,
    );
  const missing = endpoint.events.includes('*')
    ? []
    : events.filter((type) => !endpoint.events.includes(type));
  if (missing.length === 0) return ok(id, `The endpoint ${url} sends every event.`, how);
  return fault(id, `The endpoint ${url} lacks: ${missing.join(', ')}.`, how, 'Add these events to it.');
}

function judgeProcessorDeliveries(
  live: LiveConfig,
  deliveries: ReadonlyMap<string, Date> | null,
  now: Date,
): Check[] {
  if (deliveries === null) return [];
  if (live.stripe.webhookSecret === undefined)
    return [
      notChecked(
        'processor-deliveries',
        'STRIPE_WEBHOOK_SECRET is not set: webhooks are refused, and outcomes are found by asking.',
      ),
    ];
  return [
    judgeSignatures('processor-deliveries', {
      what: 'event of the card processor',
      last: deliveries.get('processor'),
      refused: deliveries.get('processor_refused'),
      now,
      secret: 'STRIPE_WEBHOOK_SECRET',
      whereSecret: 'the endpoint’s page at the processor',
      toTry: 'Send a test event from the endpoint’s page at the processor, then run this again.',
    }),
  ];
}
