import { zonedStamp } from '../../../calendar.ts';
import { BYTE_ORDER_MARK, exactCell, textCell } from '../../../csv.ts';
import { type AuditFilter, readAuditNames, streamAudit, userOf } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { auditCopy as copy, generalCopy } from '../../copy/index.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import type { SlackContext } from '../../kit/context.ts';
import { Refusal } from '../../kit/refusal.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { sendFileTo } from '../../kit/send-file.ts';
import { decodeAudit, filterOf } from './audit-state.ts';

/** As many entries as a file has: some megabytes, made while a click waits. */
const MAX_ENTRIES = 20_000;

/** [Download CSV]: what the list is narrowed to, as a file, to whoever clicked and to no one else. */
export const sendAuditCsv: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_audit');
  const state = decodeAudit(readActionValue(body));
  if (state === null) throw new Refusal(generalCopy.outdated);
  const { id, timeZone } = person.company;
  const { content, count, isCut } = await writeAuditCsv(ctx, filterOf(id, state), timeZone);
  await sendFileTo(client, who, { name: 'refill-audit.csv', content }, copy.file(count, isCut));
  await replyPrivately(client, body, { text: copy.sent });
};

async function writeAuditCsv(
  { db }: Pick<SlackContext, 'db'>,
  filter: AuditFilter,
  timeZone: string,
): Promise<{ content: Buffer; count: number; isCut: boolean }> {
  const names = await readAuditNames(db, filter.companyId);
  const rows = [copy.csvHeader(timeZone).map(textCell).join(',')];
  for await (const page of streamAudit(db, filter, { limit: MAX_ENTRIES + 1 }))
    for (const entry of page) {
      const cells = [
        zonedStamp(entry.at, timeZone),
        textCell(copy.plainActor(entry, names)),
        exactCell(userOf(entry.actor) ?? ''),
        textCell(copy.plainSentence(entry, names)),
        textCell(entry.reason ?? ''),
        textCell(copy.surfaces[entry.surface] ?? entry.surface),
        textCell(entry.action),
      ];
      rows.push(cells.join(','));
    }
  const isCut = rows.length - 1 > MAX_ENTRIES;
  if (isCut) rows.pop();
  const text = `${BYTE_ORDER_MARK}${rows.join('\r\n')}\r\n`;
  return { content: Buffer.from(text), count: rows.length - 1, isCut };
}
