import { z } from 'zod';
import { bundlePeriod } from '../../../db/index.ts';
import { id, ofOffice } from '../../approvals/change-values.ts';

const ofBundle = { ...ofOffice, bundleId: id, token: z.string(), name: z.string(), period: bundlePeriod };

/** A bundle that is bought once a second admin approves. */
export const bundleChange = z.object({ kind: z.literal('bundle'), ...ofBundle });
export type BundleChange = z.infer<typeof bundleChange>;

/** Another bundle in the place of one. */
export const switchChange = z.object({ kind: z.literal('bundle_change'), ...ofBundle, from: z.string() });
export type SwitchChange = z.infer<typeof switchChange>;

/** General credits of every month. */
export const recurringChange = z.object({ kind: z.literal('recurring'), ...ofOffice });
export type RecurringChange = z.infer<typeof recurringChange>;

export const switchSubjectKey = (token: string): string => `bundle_change:${token}`;
