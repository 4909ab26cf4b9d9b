import { z } from 'zod';
import { fromMicros, toMicros } from '../../../money.ts';
import type { Draft } from '../../drafts/drafts.ts';
import type { RechargeChoice } from '../../recharge-choice.ts';

/** What a draft of auto-recharge says. */
interface RechargeDraftData {
  walletId: bigint;
  /** The version of the setting that its form shows. */
  settingVersion: number;
  /** What was reviewed; null: nothing yet. */
  choice: RechargeChoice | null;
}

export interface RechargeDraft extends RechargeDraftData {
  draft: Draft;
}

const micros = z.string().transform((text) => fromMicros(BigInt(text)));
const schema = z.object({
  walletId: z.string().transform((text) => BigInt(text)),
  settingVersion: z.number().int(),
  choice: z
    .object({
      isOn: z.boolean(),
      threshold: micros,
      amount: micros,
      cap: micros,
      fills: z.boolean().optional(),
    })
    .nullable(),
});

export const rechargeFromJson = (data: unknown): RechargeDraftData => schema.parse(data);

/** Amounts as integers of a micro-dollar, in text. */
export function rechargeToJson({ walletId, settingVersion, choice }: RechargeDraftData) {
  return {
    walletId: walletId.toString(),
    settingVersion,
    choice: choice && {
      isOn: choice.isOn,
      threshold: toMicros(choice.threshold).toString(),
      amount: toMicros(choice.amount).toString(),
      cap: toMicros(choice.cap).toString(),
      ...(choice.fills === undefined ? {} : { fills: choice.fills }),
    },
  };
}
