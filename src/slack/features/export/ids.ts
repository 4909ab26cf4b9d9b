/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    exportCancel: 'export_cancel',
    exportPeriod: 'export_period',
    scheduleAdd: 'schedule_add',
    scheduleEnd: 'schedule_end',
  },
  view: {
    exportForm: 'export_form',
    exportResult: 'export_result',
    exportSchedules: 'export_schedules',
    scheduleForm: 'schedule_form',
  },
  field: {
    exportFrom: 'export_from',
    exportTo: 'export_to',
    exportPeople: 'export_people',
    exportOffices: 'export_offices',
    exportKinds: 'export_kinds',
    exportZone: 'export_zone',
    exportName: 'export_name',
    exportDeliver: 'export_deliver',
    exportChannel: 'export_channel',
    scheduleEvery: 'schedule_every',
    schedulePerson: 'schedule_person',
    scheduleChannel: 'schedule_channel',
    scheduleOffices: 'schedule_offices',
    scheduleKinds: 'schedule_kinds',
  },
} as const;
