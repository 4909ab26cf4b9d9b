import { noticeState } from '../../db/index.ts';
import { type ListedNotice, listNotices } from '../../notices/index.ts';
import { defineCommand, oneOf, optional, optionalCompany, rowNumber, withDefault } from '../frame/index.ts';

export const listNoticesCommand = defineCommand({
  name: 'notice list',
  summary: 'what people were told in Slack, or are to be, the newest first',
  params: {
    company: optionalCompany(),
    state: optional(
      '--state <state>',
      `one of ${noticeState.options.join(', ')}`,
      oneOf(...noticeState.options),
    ),
    limit: withDefault('--limit <number>', 'how many at most', rowNumber, '50'),
  },
  async run({ db }, { company, state, limit }) {
    const notices = await listNotices(db, { companyId: company?.id, state, limit: Number(limit) });
    return { lines: notices.length === 0 ? ['There is none.'] : notices.map(describe), value: { notices } };
  },
});

function describe(notice: ListedNotice): string {
  return [
    String(notice.id),
    `${notice.createdAt.toISOString().slice(0, 16)}Z`,
    `${notice.companyName} (${notice.companyId})`,
    notice.kind,
    notice.channelId,
    notice.state,
    ...(notice.lastError === null || notice.state === 'sent'
      ? []
      : [`${notice.attempts} tries`, notice.lastError]),
  ].join('  ');
}
