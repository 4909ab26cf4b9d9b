import type { Db } from '../../db/index.ts';
import { dollars, type Money } from '../../money.ts';
import { findCompany, labelScopes, listOffices, userOf } from '../../org/index.ts';
import type { ApprovableKind } from './approvable.ts';
import { listOtherApprovers } from './list-other-approvers.ts';
import { type QuestionFacts, readQuestionFacts } from './notify-approval.ts';
import { readSubject } from './subject.ts';

/** An open question as the operator lists it. */
export interface OpenApproval {
  id: bigint;
  /** What its buttons carry. */
  token: string;
  companyId: bigint;
  companyName: string;
  /** What is requested: a purchase, or which kind of change. */
  kind: ApprovableKind;
  scopeLabel: string;
  amount: Money;
  /** A Slack user id; null: the operator. */
  requestedBy: string | null;
  askedAt: Date;
  expiresAt: Date;
  /** Who could answer it in Slack; empty: the operator alone. */
  approverIds: string[];
  /** The question as its messages show it. */
  question: QuestionFacts;
}

/** The questions that wait for an answer, the oldest first: of one company, or of all. */
export async function listOpenApprovals(
  db: Db,
  { companyId, at }: { companyId?: bigint; at: Date },
): Promise<OpenApproval[]> {
  const rows = await db.approval.findMany({
    where: { state: 'open', expiresAt: { gt: at }, ...(companyId === undefined ? {} : { companyId }) },
    orderBy: { askedAt: 'asc' },
    take: 200,
  });
  const approvals: OpenApproval[] = [];
  for (const row of rows) {
    const company = await findCompany(db, row.companyId);
    if (company === null) continue;
    const subject = await readSubject(db, row);
    const { approvable, asked } = subject;
    const scopes = approvable.scopesOf(asked) ?? [{ kind: 'company' }];
    const right = await approvable.rightToAnswer(db, company, asked);
    const approvers = await listOtherApprovers(db, company, right, row.askedBy);
    approvals.push({
      id: row.id,
      token: row.token,
      companyId: row.companyId,
      companyName: company.name,
      kind: approvable.kind,
      scopeLabel: labelScopes({ company, offices: await listOffices(db, company.id) }, scopes),
      amount: dollars(approvable.amountOf(asked)),
      requestedBy: userOf(row.askedBy),
      askedAt: row.askedAt,
      expiresAt: row.expiresAt,
      approverIds: approvers.map(({ userId }) => userId),
      question: await readQuestionFacts(db, company, { approval: row, subject, at }),
    });
  }
  return approvals;
}
