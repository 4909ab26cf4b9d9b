import { expect, it } from 'vitest';
import { realCallId } from '../../../src/usage/ingest/real-call-id.ts';

it.each([
  [{ entry_point_call_id: '1', master_call_id: '2', call_id: '3' }, '1'],
  [{ entry_point_call_id: null, master_call_id: '2', call_id: '3' }, '2'],
  [{ entry_point_call_id: '', master_call_id: '2', call_id: '3' }, '2'],
  [{ master_call_id: '2', call_id: '3' }, '2'],
  [{ entry_point_call_id: null, master_call_id: null, call_id: '3' }, '3'],
  [{ entry_point_call_id: '', master_call_id: '', call_id: '3' }, '3'],
  [{ entry_point_call_id: '1', call_id: '3' }, '1'],
  [{ call_id: '' }, null],
  [{}, null],
])('the leg %o belongs to the call %s', (leg, call) => {
  expect(realCallId(leg)).toBe(call);
});
