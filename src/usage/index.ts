/** Usage: prices kept, usage taken in, shown and handed out. The module's public API. */

export { findPlaces, listDepartments, type NamedPlaces } from './breakdown/find-places.ts';
export { listRecords, type NamedParty, type NamedRecord } from './breakdown/list-records.ts';
export {
  type Compared,
  type KindTotal,
  readBreakdown,
  type UsageBreakdown,
} from './breakdown/read-breakdown.ts';
export { type MonthSpend, readMonthSpend } from './breakdown/read-month-spend.ts';
export { type OwnRecord, readOwnRecords } from './breakdown/read-own-records.ts';
export { readRecords, type UsageLine, type UsagePage } from './breakdown/read-records.ts';
export { convertUsage } from './convert/convert-usage.ts';
export type { DeckChanges, Listed, PriceChange } from './decks/deck-changes.ts';
export { type DeckAt, readDecks } from './decks/deck-in-force.ts';
export { type DeckImport, type ImportedDeck, importDeck, nameGroup } from './decks/import-deck.ts';
export { importSampleDeck } from './decks/import-sample-deck.ts';
export { type DeckVersion, listDecks } from './decks/list-decks.ts';
export type { Ending } from './decks/read-successors.ts';
export { countWaiting, endIntake } from './end-intake.ts';
export { type Erased, eraseNumber } from './erase/erase-number.ts';
export { erasePerson, findTraces, type PersonErased } from './erase/erase-person.ts';
export { type DataSubject, findPersonalFacts } from './erase/find-person.ts';
export { type FactCount, retentionReason } from './erase/personal-tables.ts';
export { createRetentionSweep } from './erase/sweep-retention.ts';
export { fileNameFor, tidyFileName } from './export/file-name.ts';
export { type ListedPerson, listFirstPeople, listPeople } from './export/list-people.ts';
export { decodeQuery, encodeQuery } from './export/query-text.ts';
export {
  cancelExport,
  cancelExportsOf,
  draftExport,
  type ExportChoice,
  findExportDraft,
  requestExport,
} from './export/request-export.ts';
export { runExport } from './export/run-export.ts';
export {
  endSchedule,
  listSchedules,
  type ScheduleChoice,
  type ScheduleRow,
  scheduleExport,
} from './export/schedules/schedules.ts';
export { sweepSchedules } from './export/schedules/sweep-schedules.ts';
export { sweepExports } from './export/sweep-exports.ts';
export {
  type ExportDelivery,
  ExportDeliveryError,
  type ExportDeps,
  type ExportFacts,
  type ExportFailure,
  type ExportFile,
  type ExportLimits,
  type ExportQuery,
} from './export/types.ts';
export { askHold } from './holds/ask-hold.ts';
export { captureBody, captureHold } from './holds/capture-hold.ts';
export { captureMode } from './holds/capture-mode.ts';
export { extendHoldRequest } from './holds/extend-hold-request.ts';
export { readAvailability } from './holds/read-availability.ts';
export { holdBody, holdExtension } from './holds/read-hold-body.ts';
export { listHolds, readHold } from './holds/read-holds.ts';
export { releaseHoldRequest } from './holds/release-hold-request.ts';
export { REJECTED_COLUMNS } from './import/file-shapes.ts';
export { type ImportCounts, importCounts } from './import/import-counts.ts';
export { type ImportResult, importUsage, type RejectedRow } from './import/import-usage.ts';
export { type SurveyedFile, surveyFile } from './import/survey-file.ts';
export { acceptWaiting, dropWaiting } from './ingest/answer-inbox.ts';
export {
  type ApiKey,
  type ApiScope,
  apiScope,
  createApiKey,
  findApiKey,
  type KnownKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from './ingest/api-keys.ts';
export { createVendorIntake, type UsageDeps, type VendorIntake } from './ingest/create-vendor-intake.ts';
export { type ApiOutcome, ingestApiRecords } from './ingest/ingest-api-records.ts';
export type { IngestOutcome } from './ingest/outcomes.ts';
export { apiRecord } from './ingest/read-api-record.ts';
export { createUseRecorder } from './ingest/record-use.ts';
export { listUnattributed, type Repair, repairUsage } from './ingest/repair-usage.ts';
export { type InboxLine, listInbox, sweepInbox } from './ingest/sweep-inbox.ts';
export { sweepLegs } from './ingest/sweep-legs.ts';
export { createSilenceSweep } from './ingest/sweep-silence.ts';
export { sweepUnrated } from './ingest/sweep-unrated.ts';
export type { UsageEvent } from './ingest/usage-event.ts';
export { createWebhook, listWebhooks, revokeWebhook } from './ingest/webhooks.ts';
export { oldExports, oldHoldRequests } from './old-rows.ts';
export { type ReRated, type ReRating, reRate } from './re-rate/re-rate.ts';
export { readPeriod } from './read-period.ts';
export type { UsageDifference, UsageFacts } from './reconcile/compare-usage.ts';
export { type ReconciledUsage, reconcileUsage } from './reconcile/reconcile-usage.ts';
export { refundPostedUsage } from './refund/refund-posted-usage.ts';
export { expectSurprise, readSurprise, updateSurprise } from './surprises/expect-surprise.ts';
export { judgeSpending } from './surprises/judge-spending.ts';
export { spendingChecks } from './surprises/spending-checks.ts';
export { createSpendingSweep } from './surprises/sweep-spending.ts';
export { isMonth, type UsageQuery } from './usage-query.ts';
