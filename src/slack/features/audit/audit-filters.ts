import type { ActionsBlock, PlainTextOption } from '@slack/types';
import { addDays, dayOf, daysPeriod, monthOf, monthPeriod, type Period } from '../../../calendar.ts';
import { AUDIT_AREAS, type AuditArea } from '../../../org/index.ts';
import { formatDays } from '../../copy/format.ts';
import { auditCopy as copy } from '../../copy/index.ts';
import { button } from '../../kit/blocks.ts';
import { one, option } from '../../kit/form-fields.ts';
import { plain } from '../../kit/modal.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { type AuditState, decodeAudit, encodeAudit, UNFILTERED_AUDIT } from './audit-state.ts';
import { IDS } from './ids.ts';

/** What narrows nothing. */
const ALL = 'all';
/** Months on offer; earlier ones are typed. */
const MONTHS_BACK = 12;

/** The menus that narrow the list to a topic, a period or a person; the block's id says what is shown. */
export function auditFilters(state: AuditState, viewer: ViewerContext): ActionsBlock {
  const areas = [option(copy.allAreas, ALL), ...AUDIT_AREAS.map((area) => option(copy.areas[area], area))];
  const { userId } = state;
  return {
    type: 'actions',
    block_id: encodeAudit(state),
    elements: [
      one(IDS.action.auditArea, areas, state.area ?? ALL),
      one(IDS.action.auditPeriod, periodOptions(state, viewer), encodePeriod(state.period)),
      {
        type: 'users_select',
        action_id: IDS.action.auditPerson,
        placeholder: plain(copy.anyone),
        ...(userId === null ? {} : { initial_user: userId }),
      },
      ...(userId === null
        ? []
        : [
            button(copy.everyone, IDS.action.auditEveryone, {
              value: encodeAudit({ ...state, userId: null, first: null, skipped: 0 }),
            }),
          ]),
    ],
  };
}

function periodOptions({ period }: AuditState, { timeZone, now }: ViewerContext): PlainTextOption[] {
  const today = dayOf(now, timeZone);
  const offered = [
    daysPeriod(addDays(today, -6), today, timeZone),
    ...Array.from({ length: MONTHS_BACK }, (_, before) =>
      monthPeriod(monthOf(now, timeZone, before), timeZone),
    ),
  ].filter((each) => each !== null);
  const isOffered = offered.some((each) => encodePeriod(each) === encodePeriod(period));
  const all = period === null || isOffered ? offered : [period, ...offered];
  return [
    option(copy.allTime, ALL),
    ...all.map((each) => option(formatDays(each.from, each.to, timeZone), encodePeriod(each))),
  ];
}

/** A period as an option carries it: the state that has nothing but it. */
function encodePeriod(period: Period | null): string {
  return period === null ? ALL : encodeAudit({ ...UNFILTERED_AUDIT, period });
}

export function readPeriodOption(value: string): Period | null {
  return decodeAudit(value)?.period ?? null;
}

export function readAreaOption(value: string): AuditArea | null {
  return AUDIT_AREAS.find((area) => area === value) ?? null;
}
