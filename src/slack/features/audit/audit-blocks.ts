import type { Button, KnownBlock } from '@slack/types';
import type { AuditNames, AuditPage } from '../../../org/index.ts';
import { auditCopy as copy } from '../../copy/index.ts';
import { button, buttons, lines, quiet, section } from '../../kit/blocks.ts';
import { plain } from '../../kit/modal.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { auditFilters } from './audit-filters.ts';
import { type AuditState, encodeAudit } from './audit-state.ts';
import { IDS } from './ids.ts';

export const AUDIT_ENTRIES_PER_PAGE = 15;

/** A page of what was changed, with the menus that narrow it, the ways to the other pages, and the file. */
export function auditBlocks(
  page: AuditPage,
  names: AuditNames,
  state: AuditState,
  viewer: ViewerContext,
): KnownBlock[] {
  const { entries, skipped, count } = page;
  const header: KnownBlock = { type: 'header', text: plain(copy.header) };
  const isNarrowed = state.userId !== null || state.area !== null || state.period !== null;
  const shown = { ...state, first: page.first };
  if (entries.length === 0)
    return [
      header,
      ...(isNarrowed ? [auditFilters(shown, viewer)] : []),
      section(isNarrowed ? copy.noneFound : copy.none),
    ];
  return [
    header,
    auditFilters(shown, viewer),
    ...lines(entries.map((entry) => copy.line(entry, names, viewer))),
    buttons(
      ...turnButtons(page, shown),
      button(copy.downloadCsv, IDS.action.auditCsv, { value: encodeAudit(shown) }),
    ),
    quiet(copy.caption(skipped + 1, skipped + entries.length, count)),
  ];
}

function turnButtons({ entries, skipped, count }: AuditPage, state: AuditState): Button[] {
  const turn = (label: string, action: string, to: number): Button =>
    button(label, action, { value: encodeAudit({ ...state, skipped: to }) });
  const before = Math.max(0, skipped - AUDIT_ENTRIES_PER_PAGE);
  const after = skipped + entries.length;
  return [
    ...(before > 0 ? [turn(copy.newest, IDS.action.auditNewest, 0)] : []),
    ...(skipped > 0 ? [turn(copy.newer, IDS.action.auditNewer, before)] : []),
    ...(after < count ? [turn(copy.older, IDS.action.auditOlder, after)] : []),
  ];
}
