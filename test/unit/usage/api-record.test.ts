import { describe, expect, it } from 'vitest';
import { parseBigJson } from '../../../src/big-json.ts';
import { readApiRecord } from '../../../src/usage/ingest/read-api-record.ts';

const CALL = {
  id: 'c-1',
  kind: 'call',
  direction: 'outbound',
  external_number: '+442079460000',
  answered_at: '2026-11-20T09:30:00Z',
  duration_seconds: 61.2,
};
const read = (record: unknown) => readApiRecord(record, () => 'US');
const messageOf = (change: object): string => {
  const answer = read({ ...CALL, ...change });
  return 'message' in answer ? answer.message : 'read';
};
const eventOf = (change: object) => {
  const answer = read({ ...CALL, ...change });
  if ('message' in answer) throw new Error(answer.message);
  return answer.event;
};

describe('a record of usage', () => {
  it.each([
    ...['direction', 'external_number', 'internal_number', 'started_at', 'at', 'duration_seconds', 'office'],
    ...['department', 'member', 'email', 'internal', 'failed', 'text', 'recipients', 'pages', 'responded'],
  ])('BR-20: null for %s is as if it were absent', (field) => {
    expect(eventOf({ [field]: null })).toEqual(eventOf({ [field]: undefined }));
  });

  it('null for answered_at is a call that nobody answered', () => {
    expect(eventOf({ answered_at: null, started_at: CALL.answered_at }).answeredAt).toBeNull();
    expect(messageOf({ answered_at: null })).toBe(
      'answered_at: is missing; a call that nobody answered needs started_at',
    );
  });

  it('tells every fault at once, with the field and what was received', () => {
    const message = messageOf({
      id: null,
      kind: 'phone',
      direction: 'Outbound',
      external_number: '020 7946 0000',
      internal_number: 14155550100,
      answered_at: '2026-02-30T09:30:00Z',
      duration_seconds: '1:02',
      internal: 'maybe',
      recipients: 0,
      member: { id: 5 },
      durationSeconds: 61,
      price: 3,
    });
    expect(message.split('; ')).toEqual([
      'id: is missing',
      'kind: must be one of call, sms, mms, fax, ai_conversation, received "phone"',
      'direction: must be inbound or outbound, received "Outbound"',
      'internal_number: must be text, received 14155550100',
      'answered_at: "2026-02-30" is no day: February 2026 has 28 days',
      'duration_seconds: must be a number of seconds from 0 to 604800, received "1:02"',
      'member: must be text, received an object',
      'internal: must be true or false, received "maybe"',
      'recipients: must be a whole number from 1 to 1000, received 0',
      'durationSeconds: is not a field, duration_seconds is',
      'price: is not a field',
      'external_number: "020 7946 0000" has no country code: write it like +14155550100',
    ]);
  });

  it.each([
    ['externalNumber', 'external_number'],
    ['External-Number', 'external_number'],
    ['answeredat', 'answered_at'],
    ['AT', 'at'],
    ['Recipients', 'recipients'],
    ['duration', null],
    ['durations_seconds', null],
    ['licence', null],
    ['cost', null],
    ['__proto__x', null],
  ])('a field that is called %s is never passed over, null or not', (name, meant) => {
    const said = `${name}: is not a field${meant === null ? '' : `, ${meant} is`}`;
    expect([messageOf({ [name]: 1 }), messageOf({ [name]: null })]).toEqual([said, said]);
  });

  it.each([
    ['duration_seconds', '61.2', 61_200],
    ['duration_seconds', 61.2, 61_200],
    ['duration_seconds', '0', 0],
  ])('%s may be %j', (field, value, durationMs) => {
    expect(eventOf({ [field]: value }).durationMs).toBe(durationMs);
  });

  it.each([
    ['duration_seconds', '61,2'],
    ['duration_seconds', '6.12E+1'],
    ['duration_seconds', '-1'],
    ['duration_seconds', ''],
    ['duration_seconds', true],
    ['duration_seconds', [61]],
    ['duration_seconds', 604_801],
    ['recipients', '1.5'],
    ['pages', 'two'],
    ['pages', 10_001],
    ['internal', 0],
    ['failed', 'no'],
    ['text', ['hi']],
    ['id', ''],
    ['id', 1.5],
    ['id', 2 ** 60],
    ['email', { nested: null }],
    ['office', true],
  ])('%s may not be %j', (field, value) => {
    expect(messageOf({ [field]: value })).toMatch(new RegExp(`^${field}: must .*received `));
  });

  it('ids are text or numbers, and keep all of their 64 bits', () => {
    const json =
      '{"id":9007199254740993,"member":9223372036854775807,"office":42,"kind":"fax","at":"2026-11-20 09:30Z"}';
    const answer = read(parseBigJson(json));
    expect(answer).toMatchObject({
      event: { externalId: '9007199254740993', party: { memberRef: '9223372036854775807', officeRef: '42' } },
    });
  });

  it.each([
    ['2026-02-30T09:30:00Z', 'February 2026 has 28 days'],
    ['2027-02-29T09:30:00Z', 'February 2027 has 28 days'],
    ['2026-04-31T09:30:00Z', 'April 2026 has 30 days'],
    ['2026-13-01T09:30:00Z', 'months go from 01 to 12'],
    ['2026-00-10T09:30:00Z', 'months go from 01 to 12'],
    ['2026-11-00T09:30:00Z', 'November 2026 has 30 days'],
    ['2026-11-20T24:00:00Z', 'midnight is 00:00 of the next day'],
    ['2026-11-20T25:00:00Z', 'hours go from 00 to 23'],
    ['2026-11-20T09:60:00Z', 'minutes go from 00 to 59'],
    ['2016-12-31T23:59:60Z', 'leap seconds are written as the second before'],
    ['2026-11-20T09:30:00', 'end it with Z'],
    ['2026-11-20T09:30:00+15:00', 'no clock is +15:00 from UTC'],
    ['2026-11-20', 'is not a time like'],
    ['11/20/2026 09:30', 'is not a time like'],
    ['1999-12-31T23:59:59Z', 'is not a time of this century'],
    ['2026-11-20T09:30:00 PST', 'is not a time like'],
  ])('the time %s is refused in words', (time, words) => {
    expect(messageOf({ answered_at: time })).toMatch(
      new RegExp(`^answered_at: ".*${words.replace('+', '\\+')}`),
    );
  });

  it.each([
    ['2026-11-20T09:30:00Z', '2026-11-20T09:30:00.000Z'],
    ['2026-11-20 15:00:00+0530', '2026-11-20T09:30:00.000Z'],
    ['2026-11-20t01:30-08', '2026-11-20T09:30:00.000Z'],
    ['2026-11-20T09:30:00.123456z', '2026-11-20T09:30:00.123Z'],
    ['2028-02-29T00:00:00+00:00', '2028-02-29T00:00:00.000Z'],
  ])('the time %s is read', (time, at) => {
    expect(eventOf({ answered_at: time }).answeredAt).toEqual(new Date(at));
  });

  it.each(['text', 5, null, true, [], [CALL]])('%j is no record', (value) => {
    expect(read(value)).toMatchObject({
      message: expect.stringMatching(/^the record: must be an object, received/),
    });
  });
});
