import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { PROCESSOR_EVENTS } from '../../../src/billing/stripe/events.ts';
import type { Chance } from '../simulate/chance.ts';
import { damage, mutate, oddText, writeJson } from './mutate.ts';
import type { FuzzRequest } from './request.ts';
import type { Addressed } from './world.ts';

const IDS = 400;
const NUMBERS = ['+442079460000', '+14155550101', '+12125550102', '+12425550100', null] as const;

/** An event of the phone system, signed as it signs: the end of a call, a message, or what is neither. */
export function drawVendor({ webhook }: Addressed, chance: Chance): FuzzRequest {
  const valid = chance.oneIn(3) ? message(chance) : call(chance);
  const isOdd = chance.oneIn(2);
  const text = writeJson(isOdd ? mutate(valid, chance) : valid, chance);
  const token = signJwt(text, chance.oneIn(30) ? 'another secret' : webhook.secret, chance);
  const body = Buffer.from(chance.oneIn(25) ? damage(Buffer.from(token), chance) : token);
  const place = chance.oneIn(40) ? `/webhooks/dialpad/${'a'.repeat(22)}` : webhook.path;
  return {
    surface: 'vendor',
    what: 'state' in valid ? `call ${valid.state}` : 'message',
    method: 'POST',
    path: place,
    headers: { 'content-type': 'application/jwt' },
    body,
    isTwice: chance.oneIn(10),
  };
}

/** Signed by hand: a library would refuse what a phone system may send. */
function signJwt(payload: string, secret: string, chance: Chance): string {
  if (chance.oneIn(40)) return jwt.sign({ exp: 1, state: 'hangup' }, secret, { algorithm: 'HS384' });
  const part = (text: string): string => Buffer.from(text).toString('base64url');
  const body = `${part('{"alg":"HS256","typ":"JWT"}')}.${part(payload)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

function call(chance: Chance) {
  const now = Date.now();
  const id = String(5_600_000_000_000_000 + chance.between(0, IDS));
  return {
    call_id: id,
    master_call_id: chance.oneIn(4) ? String(5_600_000_000_000_000 + chance.between(0, IDS)) : null,
    entry_point_call_id: null,
    state: chance.pick(['hangup', 'hangup', 'hangup', 'ringing', 'connected']),
    direction: chance.pick(['inbound', 'outbound']),
    external_number: chance.pick(NUMBERS),
    internal_number: chance.pick(NUMBERS),
    date_started: now - 90_000,
    date_connected: chance.oneIn(5) ? null : now - 80_000,
    date_ended: now - 20_000,
    duration: chance.between(0, 60_000),
    target: {
      id: chance.between(1, 9),
      type: 'user',
      phone: '+14155550101',
      email: 'ana@acme.example',
      office_id: 1,
    },
    group_id: null,
    is_internal: false,
    event_timestamp: now - chance.between(0, 10_000),
  };
}

function message(chance: Chance) {
  const now = Date.now();
  return {
    id: 7_700_000_000 + chance.between(0, IDS),
    created_date: now - 1_000,
    event_timestamp: now,
    direction: chance.pick(['inbound', 'outbound']),
    target: { id: 1, type: 'user', phone_number: '+14155550101' },
    from_number: '+14155550101',
    to_number: chance.pick([['+442079460000'], ['+442079460000', '+14155550199'], '+12425550100']),
    contact: { phone_number: '+442079460000' },
    mms: chance.oneIn(5),
    is_internal: false,
    message_status: 'delivered',
    text: chance.oneIn(3) ? oddText(chance).slice(0, 9_000) : 'On my way',
  };
}

/** An event of the card processor, signed as it signs, about what it has (`ids`) or has not. */
export function drawProcessor(world: Addressed, chance: Chance, ids: readonly string[]): FuzzRequest {
  const types = Object.keys(PROCESSOR_EVENTS);
  const type = chance.oneIn(15)
    ? chance.pick(['balance.available', 'invoice.upcoming', oddText(chance)])
    : (types[chance.between(0, types.length - 1)] ?? '');
  const prefix = {
    intent: 'pi_',
    'card-page': 'cs_',
    dispute: 'dp_',
    refund: 're_',
    'fraud-warning': 'issfr_',
    card: 'pm_',
    invoice: 'in_',
  };
  const subject = PROCESSOR_EVENTS[type];
  const known = ids.filter((id) => subject !== undefined && id.startsWith(prefix[subject]));
  const id =
    known[chance.between(0, Math.max(0, known.length - 1))] ??
    `${subject === undefined ? 'x_' : prefix[subject]}${chance.between(1, 9_999)}`;
  const valid = {
    id: `evt_${chance.between(1, 9_999_999)}`,
    object: 'event',
    api_version: '2025-01-01',
    created: Math.floor(Date.now() / 1_000),
    type,
    data: {
      object: {
        id: chance.oneIn(20) ? oddText(chance).slice(0, 200) : id,
        object: 'thing',
        customer: 'cus_1',
      },
    },
  };
  const isOdd = chance.oneIn(3);
  const text = writeJson(isOdd ? mutate(valid, chance) : valid, chance);
  const whole = Buffer.from(text);
  const body = chance.oneIn(25) ? damage(whole, chance) : whole;
  const at = Math.floor(Date.now() / 1_000) + (chance.oneIn(60) ? 4_000 : 0);
  const secret = chance.oneIn(40) ? 'whsec_another' : world.processorSecret;
  const signature = createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex');
  return {
    surface: 'processor',
    what: type.slice(0, 40),
    method: 'POST',
    path: '/webhooks/stripe',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` },
    body,
    isTwice: chance.oneIn(10),
  };
}

const PAGES = [
  '/live',
  '/health/live',
  '/ready',
  '/health',
  '/metrics',
  '/v1/openapi.json',
  '/v1/docs',
  '/billing/return',
  '/billing/card/:token',
  '/billing/card/:token/done',
  '/billing/card/:token/cancelled',
  '/billing/document/:token',
] as const;

/** Pages, documents and what monitoring asks for; `addresses` are those that the app handed out. */
export function drawPage(chance: Chance, addresses: readonly string[]): FuzzRequest {
  const given = addresses[chance.between(0, Math.max(0, addresses.length - 1))];
  const page = chance.pick(PAGES);
  const odd = encodeURIComponent(oddText(chance).toWellFormed().slice(0, 500)) || '%20';
  const token = chance.oneIn(3) ? odd : 'a'.repeat(22);
  const path =
    given !== undefined && chance.oneIn(3)
      ? new URL(given).pathname.slice(0, chance.oneIn(6) ? -1 : undefined)
      : page.replace(':token', token);
  return {
    surface: 'pages',
    what: page,
    method: chance.oneIn(20) ? chance.pick(['HEAD', 'POST', 'OPTIONS']) : 'GET',
    path: chance.oneIn(10) ? `${path}?${odd}` : path,
    headers: chance.oneIn(10) ? { 'x-forwarded-for': '203.0.113.9' } : {},
    body: Buffer.alloc(0),
    isTwice: false,
  };
}
