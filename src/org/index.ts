/** Companies, offices, people and what they may do. The module's public API. */
export {
  type Admin,
  buyableScopes,
  canBuyFor,
  canChangeSettings,
  canLimit,
  canManage,
  canSeeMoney,
  canSeeUsage,
  isCompanyAdmin,
  isSameScope,
  labelScope,
  labelScopes,
  listBuyers,
  listCompanyAdmins,
  managedDepartments,
  moneyOffices,
  type Scope,
  visibleOffices,
} from './access.ts';
export { actAsOperator, actingOperator, nameOperator } from './acting-operator.ts';
export { actorOf, readActor, userOf } from './actor.ts';
export { approvalLimit } from './approval-limit.ts';
export {
  type AnswerRight,
  type Approver,
  listApprovers,
  listBuyersFor,
  listUnanswerable,
  listWalletsWithoutApprover,
  mayAnswer,
  type ScopeWithoutApprover,
} from './approvers.ts';
export { recordAudit } from './audit.ts';
export { AUDIT_AREAS, type AuditAction, type AuditArea } from './audit-actions.ts';
export { isCountry } from './countries.ts';
export { createCompany, type NewCompany } from './create-company.ts';
export {
  createDeliveryRecorder,
  type DeliveryKind,
  type DeliveryRecorder,
  readDeliveries,
} from './deliveries.ts';
export { deactivateMembers } from './directory/deactivate-members.ts';
export type { DirectoryChange } from './directory/diff-directory.ts';
export { type DirectoryFiles, importDirectory } from './directory/import-directory.ts';
export { listUnmatched, type Unmatched } from './directory/list-unmatched.ts';
export { readDirectory } from './directory/read-directory.ts';
export type { Directory, Party, PartyHint } from './directory/types.ts';
export { endConnections } from './end-connections.ts';
export {
  type CreditEnforcement,
  judgeEnforcement,
  readEnforcement,
  readEnforcementSetting,
  recordHoldAsked,
  setEnforcement,
} from './enforcement.ts';
export { findParties, listOfficeRefs } from './find-parties.ts';
export { type InstanceMode, readInstanceMode, stampInstance } from './instance.ts';
export { issueLinkCode, oldLinkAttempts, redeemLinkCode } from './link-code.ts';
export { type AuditEntry, listAudit } from './list-audit.ts';
export { lockCompany } from './lock-company.ts';
export { assertServed, lockForPerson } from './lock-for-person.ts';
export { announceOperatorNotices, type OperatorPost } from './operator-notices/announce-operator-notices.ts';
export { closeOperatorNotice } from './operator-notices/close-operator-notice.ts';
export { isInformation, type OperatorNoticeKind } from './operator-notices/kinds.ts';
export { listOperatorNotices, type OperatorNotice } from './operator-notices/list-operator-notices.ts';
export {
  type OperatorNoticeKey,
  raiseOperatorNotice,
  resolveOperatorNotice,
} from './operator-notices/raise-operator-notice.ts';
export {
  isFullVerificationDue,
  readLastFullVerification,
  recordVerification,
} from './operator-notices/record-verification.ts';
export { followApprovers } from './operator-notices/too-few-approvers.ts';
export { findOwnScope } from './own-scope.ts';
export {
  type Company,
  type CompanyState,
  findCompany,
  findPerson,
  type HeldRole,
  listOffices,
  listSuspended,
  type Office,
  type Person,
  type Role,
  stateOfCompany,
} from './people.ts';
export {
  connectPhoneSystem,
  disconnectPhoneSystem,
  PHONE_SYSTEM_URL,
} from './phone-system/connect-phone-system.ts';
export { type OddItem, oddItems } from './phone-system/read-item.ts';
export { listEventAddresses, subscribeToEvents } from './phone-system/subscribe-events.ts';
export {
  countOddItems,
  sweepDirectories,
  syncAndRecord,
  syncDirectoryJob,
} from './phone-system/sweep-directories.ts';
export { countChanges } from './phone-system/sync-directory.ts';
export { type AuditNames, readAuditNames } from './read-audit-names.ts';
export {
  type AuditFilter,
  type AuditPage,
  type ListedAudit,
  readAuditPage,
  streamAudit,
} from './read-audit-page.ts';
export { requireNotClosed } from './require-not-closed.ts';
export { grantRole, type RoleGrant } from './roles/grant-role.ts';
export { countMembers, listPeople, type PersonWithRoles } from './roles/list-people.ts';
export {
  type MovedPerson,
  moveWorkspace,
  type RolesMoved,
  type WorkspaceMove,
} from './roles/move-workspace.ts';
export { listToCheck, recordStanding } from './roles/record-standing.ts';
export { type Revoked, type RoleRevocation, revokeRole } from './roles/revoke-role.ts';
export type { Granter, RoleChoice, RolePlace } from './roles/role-changes.ts';
export { haveSameMailbox, listAccountsOfMailbox, listMailboxUsers } from './same-mailbox.ts';
export { decodeScope, encodeScope } from './scope-code.ts';
export { checkSecretKey } from './secrets/check-secret-key.ts';
export {
  destroyNumberKey,
  type NumberKeyDeps,
  placeOfNumberKey,
  readNumberKey,
} from './secrets/number-keys.ts';
export { type Rotation, rotateSecrets } from './secrets/rotate-secrets.ts';
export { placeOf } from './secrets/sealed-columns.ts';
export { createSecretBox, type SecretBox } from './secrets/secret-box.ts';
export { findWorkspace, forgetWorkspaceToken, saveWorkspace, type Workspace } from './workspaces.ts';
