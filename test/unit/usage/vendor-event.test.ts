import { describe, expect, it } from 'vitest';
import { WEEK_MS } from '../../../src/durations.ts';
import { readVendorEvent } from '../../../src/usage/ingest/read-vendor-event.ts';
import { numberKey } from '../../support/number-key.ts';

const STARTED = Date.UTC(2026, 10, 20, 9, 30);
const [CONNECTED, ENDED, TOLD] = [STARTED + 10_000, STARTED + 70_000, STARTED + 90_000];
const [OTHER, LINE] = ['+442079460000', '+14155550101'];
const CALL = {
  call_id: '77',
  state: 'hangup',
  direction: 'outbound',
  external_number: OTHER,
  internal_number: LINE,
  date_started: STARTED,
  date_connected: CONNECTED,
  date_ended: ENDED,
  duration: 60_000,
  event_timestamp: TOLD,
};
const TEXT = {
  id: '88',
  direction: 'outbound',
  message_status: 'sent',
  from_number: LINE,
  to_number: [OTHER],
  created_date: STARTED,
};
const read = (payload: unknown) => readVendorEvent(payload, numberKey, () => 'US');
const legsOf = (payload: unknown) => {
  const answer = read(payload);
  if (!('legs' in answer)) throw new Error(JSON.stringify(answer));
  return answer.legs;
};
const eventOf = (payload: unknown) => legsOf(payload)[0]?.event;

it.each([
  [true, true],
  [1, true],
  ['true', true],
  ['TRUE', true],
  [false, false],
  [0, false],
  [2, false],
  ['FALSE', false],
  ['untrue', false],
  ['truly', false],
  [null, false],
  [undefined, false],
  [{ no: true }, false],
])('a flag of %o is %o, of a call and of a message', (flag, isSet) => {
  const isInternal = isSet ? true : null;
  expect(eventOf({ ...CALL, is_internal: flag })).toMatchObject({ isInternal });
  expect(eventOf({ ...TEXT, is_internal: flag, mms: flag })).toMatchObject({
    isInternal,
    kind: isSet ? 'mms' : 'sms',
  });
});

describe('a call', () => {
  it.each([
    ['its answer', {}, CONNECTED, 60_000],
    ['its start, unanswered, whatever it says it took', { date_connected: null }, STARTED, 0],
    ['its end, where nothing else is said', { date_connected: null, date_started: null }, ENDED, 0],
    ['its answer, of no length where none is said', { duration: null }, CONNECTED, 0],
    ['its answer, of a week at most', { duration: WEEK_MS }, CONNECTED, WEEK_MS],
    ['its answer, of half a millisecond', { duration: 0.5 }, CONNECTED, 0.5],
    ['its answer, of no length for one below nothing', { duration: -5 }, CONNECTED, 0],
  ])('is at %s', (_, change, at, durationMs) => {
    const facts = { ...CALL, ...change };
    expect(eventOf(facts)).toMatchObject({
      usageAt: new Date(at),
      durationMs,
      answeredAt: facts.date_connected === null ? null : new Date(CONNECTED),
      startedAt: facts.date_started === null ? null : new Date(STARTED),
    });
  });

  it.each([
    ['a length of more than a week', { duration: WEEK_MS + 1 }, /duration/],
    ['no time', { date_connected: null, date_started: null, date_ended: null }, /without id or time/],
    ['no time of the event', { event_timestamp: null }, /without id or time/],
    ['no id', { call_id: '', master_call_id: '6' }, /without id or time/],
    ['a number of a piece', { external_number: '41555501' }, /^external_number: /],
    ['an own number of a piece', { internal_number: '41555501' }, /^internal_number: /],
    ['a time before this century', { date_started: Date.UTC(2000, 0, 1) - 1 }, /date_started/],
  ])('with %s waits for the operator', (_, change, unreadable) => {
    expect(read({ ...CALL, ...change })).toEqual({ unreadable: expect.stringMatching(unreadable) });
  });

  it.each([
    [{ event_timestamp: TOLD + 0.6 }, `${TOLD + 1}`],
    [{ event_timestamp: `${TOLD}` }, `${TOLD}`],
  ])('%o is its version %s', (change, version) => {
    expect(eventOf({ ...CALL, ...change })).toMatchObject({ version });
  });

  it('is the end of one, in any letters; before that it is passed over', () => {
    expect(legsOf({ ...CALL, state: 'HANGUP' })).toHaveLength(1);
    expect(read({ ...CALL, state: 'hangup_soon' })).toEqual({ ignored: 'not the end of a call' });
    expect(read({ ...CALL, state: 'recording' })).toEqual({ ignored: 'not the end of a call' });
  });
});

describe('a message', () => {
  it.each([
    ['its creation', { event_timestamp: TOLD }, STARTED, TOLD, STARTED],
    ['the event where that is not said', { created_date: null, event_timestamp: TOLD }, TOLD, TOLD, null],
    ['its creation, which is its version too', {}, STARTED, STARTED, STARTED],
  ])('is at %s', (_, change, at, version, started) => {
    expect(eventOf({ ...TEXT, ...change })).toMatchObject({
      usageAt: new Date(at),
      answeredAt: new Date(at),
      startedAt: started === null ? null : new Date(started),
      durationMs: 0,
      version: `${version}`,
    });
  });

  it.each([
    ['without an id', { id: '' }, 'a message without id or time'],
    ['without a time', { created_date: null }, 'a message without id or time'],
    ['of a sender that is none', { from_number: '41555501' }, expect.stringMatching(/^own number: /)],
    ['to nobody that can be read', { to_number: '41555501' }, expect.stringMatching(/^to_number: /)],
    [
      'from nobody that can be read',
      { direction: 'inbound', from_number: '41555501', to_number: LINE },
      expect.stringMatching(/^from_number: /),
    ],
  ])('%s waits for the operator', (_, change, unreadable) => {
    expect(read({ ...TEXT, ...change })).toEqual({ unreadable });
  });

  it.each(['\u0000', ['4\u0000', OTHER]])(
    'says nothing that cannot be stored of the number %j',
    (to_number) => {
      expect(JSON.stringify(read({ ...TEXT, to_number }))).not.toContain('\\u0000');
    },
  );

  it('to several is one usage each, once; who cannot be read is named beside the others', () => {
    const third = '+33142685301';
    const to_number = [OTHER, third, OTHER, null];
    expect(legsOf({ ...TEXT, to_number }).map(({ event }) => event.externalNumber)).toEqual([
      OTHER,
      third,
      null,
    ]);
    expect(read({ ...TEXT, to_number: [OTHER, '41555501'] })).toMatchObject({
      legs: [{ leg: '88' }],
      unreadable: expect.stringMatching(/^to_number: /),
    });
  });

  it.each([
    ['to its recipient', { to_number: OTHER }, OTHER, LINE],
    ['to its contact, where no recipient is said', { to_number: [null] }, '+4930901820', LINE],
    ['from a name', { from_number: 'ACME' }, OTHER, 'ACME'],
    ['from the line of its person, where none is said', { from_number: null }, OTHER, '+14155550102'],
  ])('goes %s', (_, change, externalNumber, internalNumber) => {
    const contact = { phone_number: '+4930901820' };
    const target = { id: '2', type: 'user', phone: '+14155550102' };
    expect(eventOf({ ...TEXT, contact, target, ...change })).toMatchObject({
      externalNumber,
      internalNumber,
    });
  });

  it.each([
    ['its sender, to the line of its person', {}, OTHER, '+14155550103'],
    ['its sender, to its recipient', { target: null }, OTHER, LINE],
    ['its contact, where no sender is said', { from_number: null }, '+4930901820', '+14155550103'],
    ['a withheld sender', { from_number: null, contact: null }, null, '+14155550103'],
  ])('that comes in is from %s', (_, change, externalNumber, internalNumber) => {
    const contact = { phone_number: '+4930901820' };
    const target = { id: '2', type: 'user', phone_number: '+14155550103' };
    const sms = { ...TEXT, direction: 'inbound', from_number: OTHER, to_number: [LINE], contact, target };
    expect(eventOf({ ...sms, ...change })).toMatchObject({ externalNumber, internalNumber });
  });

  it('says whether it failed, and what it says', () => {
    expect(eventOf(TEXT)).toMatchObject({ isFailed: false, text: null });
    expect(eventOf({ ...TEXT, message_status: 'failed' })).toMatchObject({ isFailed: true });
    expect(eventOf({ ...TEXT, text: 'hello', text_content: 'other' })).toMatchObject({ text: 'hello' });
    expect(eventOf({ ...TEXT, text_content: 'other' })).toMatchObject({ text: 'other' });
  });
});

describe('whose usage it is', () => {
  it.each([
    [{ id: '2', type: 'user' }, { memberRef: '2' }],
    [{ id: '3', type: 'department' }, { departmentRef: '3' }],
    [
      { id: '2', type: 'user', email: 'ana@acme.example' },
      { memberRef: '2', email: 'ana@acme.example' },
    ],
    [{ id: '2', type: 'user', email: '' }, { memberRef: '2' }],
    [
      { id: '2', type: 'user', office_id: 5 },
      { memberRef: '2', officeRef: '5' },
    ],
    [{ id: null, type: 'user', email: 'ana@acme.example' }, {}],
    [null, {}],
  ])('%o', (target, party) => {
    expect(eventOf({ ...CALL, target })?.party).toEqual(party);
  });

  it.each([
    [{ target: { id: '2', office_id: '5' } }, ['5']],
    [{ target: { id: '2', office_id: '5' }, group_id: 'Office:6' }, ['5', '6']],
    [{ group_id: 'Department:6' }, []],
    [{ group_id: 'MyOffice:6' }, []],
  ])('the offices that %o names have to be known', (change, officeRefs) => {
    expect(read({ ...CALL, ...change })).toMatchObject({ officeRefs });
  });

  it('the line of its person, where a call does not say its own', () => {
    const target = { id: '2', type: 'user', phone: '+14155550102', phone_number: '+14155550103' };
    const without = { ...CALL, internal_number: null };
    expect(eventOf({ ...CALL, target })).toMatchObject({ internalNumber: LINE });
    expect(eventOf({ ...without, target })).toMatchObject({ internalNumber: '+14155550102' });
    expect(eventOf({ ...without, target: { ...target, phone: null } })).toMatchObject({
      internalNumber: '+14155550103',
    });
  });
});

it.each([
  [null, { ignored: 'no object' }],
  ['hangup', { ignored: 'no object' }],
  [[CALL], { unreadable: 'a list, where one event was expected' }],
  [{ state: 'hangup' }, { unreadable: expect.stringMatching(/^not a call/) }],
  [{ state: 'active' }, { ignored: 'not about a call or a message' }],
  [{ message_status: 'sent' }, { unreadable: expect.stringMatching(/^not a message/) }],
  [{ to_number: OTHER }, { unreadable: expect.stringMatching(/^not a message/) }],
])('%o is %o', (payload, answer) => {
  expect(read(payload)).toEqual(answer);
});
