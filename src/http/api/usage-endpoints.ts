import { z } from 'zod';
import { apiRecord, ingestApiRecords } from '../../usage/index.ts';
import { readUsageBody } from '../read-usage-body.ts';
import { type ApiCall, defineEndpoint, type Endpoint } from './endpoint.ts';

const isAttributed = z.boolean().meta({
  description: 'False where the record belongs to no known person or number; the primary office pays.',
});
const message = z.string().meta({ description: 'What is wrong with it, field by field.' });

/** What became of a record; all but `rejected` are never to be sent again. */
export const usageOutcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['posted', 'adjusted']), isAttributed }),
  z.object({ outcome: z.enum(['duplicate', 'queued']) }),
  z.object({ outcome: z.enum(['conflict', 'unrated', 'waiting', 'rejected']), message }),
]);

const id = z.string().nullable().meta({ description: 'The record’s own; null where it had none.' });
const [posted, taken, explained] = usageOutcome.options;
const recordOutcome = z
  .discriminatedUnion('outcome', [posted.extend({ id }), taken.extend({ id }), explained.extend({ id })])
  .meta({
    id: 'RecordOutcome',
    description:
      '`posted`: it is in the books. `duplicate`: it was before. `conflict`: its id was posted with other facts within 35 days; what is posted stays. `unrated`: there is no rate yet; it is stored, and posted when one arrives. `waiting`: its time is more than 5 minutes ahead or 35 days ago; it is kept for the operator. `queued`: it is stored, and posted in a moment. `adjusted`: it changed what was posted, and the difference was posted. `rejected`: it cannot be read; only this one is to be sent again, corrected.',
  });

export const USAGE_ENDPOINTS: readonly Endpoint[] = [
  defineEndpoint({
    method: 'POST',
    path: '/v1/usage',
    operationId: 'sendUsage',
    tag: 'Usage',
    summary: 'Send usage records',
    description:
      'Takes one record, an array of them, or NDJSON: at most 10,000. An array or object has 1 MB at most, more comes as NDJSON. A record is posted once for its `id`, however often it is sent.',
    scope: 'usage:write',
    body: { schema: z.union([apiRecord, z.array(apiRecord)]), takesLines: true },
    reply: z.object({
      records: z.array(recordOutcome).meta({ description: 'One outcome a record, in the order sent.' }),
    }),
    errors: ['too-many-records', 'bad-encoding'],
    handle: handleRecords,
  }),
];

async function handleRecords({ deps, key, request, beginLargeBody }: ApiCall) {
  let release = (): void => undefined;
  try {
    const values = readUsageBody(request, () => {
      release = beginLargeBody();
    });
    return { records: await ingestApiRecords(deps, key.companyId, values) };
  } finally {
    release();
  }
}
