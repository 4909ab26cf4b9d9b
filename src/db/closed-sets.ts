import { z } from 'zod';
import { $Enums as declared } from './generated/client.ts';

/**
 * The sets of values that are closed, each an enum of the database (docs/decisions/010-enums.md): declared in
 * prisma/schema.prisma, and here as what reads them from outside.
 */
export const paymentMethod = z.enum(declared.PaymentMethod);
export const cardCheckPolicy = z.enum(declared.CardCheckPolicy);
export const approvalState = z.enum(declared.ApprovalState);
export const creditRequestState = z.enum(declared.CreditRequestState);
export const role = z.enum(declared.Role);
export const digestPeriod = z.enum(declared.DigestPeriod);
export const memberKind = z.enum(declared.MemberKind);
export const phoneNumberKind = z.enum(declared.PhoneNumberKind);
export const instanceMode = z.enum(declared.InstanceMode);
export const bundleKind = z.enum(declared.BundleKind);
export const bundlePeriod = z.enum(declared.BundlePeriod);
export const balanceLevel = z.enum(declared.BalanceLevel);
export const noticeState = z.enum(declared.NoticeState);
export const exportState = z.enum(declared.ExportState);
export const invoiceState = z.enum(declared.InvoiceState);
export const invoiceMirrorState = z.enum(declared.InvoiceMirrorState);
export const invoiceFileState = z.enum(declared.InvoiceFileState);
export const invoiceClaimKind = z.enum(declared.InvoiceClaimKind);
export const subscriptionState = z.enum(declared.SubscriptionState);
export const subscriptionPeriodState = z.enum(declared.SubscriptionPeriodState);
export const creditAdjustmentKind = z.enum(declared.CreditAdjustmentKind);
export const directoryOutcome = z.enum(declared.DirectoryOutcome);
export const rateDeckMode = z.enum(declared.RateDeckMode);
