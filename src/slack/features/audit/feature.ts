import { auditCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { chooseAudit, runAudit, showAudit, turnAudit } from './list-audit.ts';
import { sendAuditCsv } from './send-audit-csv.ts';

const { action } = IDS;

export const audit = {
  commands: [{ word: 'audit', help: [{ for: 'see_audit', text: auditCopy.help }], run: runAudit }],
  messageActions: {
    [LINK_IDS.auditShow]: showAudit,
    [action.auditNewest]: turnAudit,
    [action.auditNewer]: turnAudit,
    [action.auditOlder]: turnAudit,
    [action.auditEveryone]: turnAudit,
    [action.auditArea]: chooseAudit,
    [action.auditPeriod]: chooseAudit,
    [action.auditPerson]: chooseAudit,
    [action.auditCsv]: sendAuditCsv,
  },
  // The file is everything that was ever changed: Slack is asked about who wants it.
  readOnly: [
    LINK_IDS.auditShow,
    action.auditNewest,
    action.auditNewer,
    action.auditOlder,
    action.auditEveryone,
    action.auditArea,
    action.auditPeriod,
    action.auditPerson,
  ],
} satisfies Feature;
