/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    exportCancel: 'export_cancel',
    exportPeriod: 'export_period',
  },
  view: {
    exportForm: 'export_form',
    exportResult: 'export_result',
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
  },
} as const;
