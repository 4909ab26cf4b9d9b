/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    auditNewest: 'audit_newest',
    auditNewer: 'audit_newer',
    auditOlder: 'audit_older',
    auditEveryone: 'audit_everyone',
    auditArea: 'audit_area',
    auditPeriod: 'audit_period',
    auditPerson: 'audit_person',
    auditCsv: 'audit_csv',
  },
} as const;
